package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// declaredTypes gives the types that the package declares, by their places in the text.
func (c *checker) declaredTypes() []*types.Named {
	var found []*types.Named
	for _, object := range c.info.Defs {
		declared, ok := object.(*types.TypeName)
		if !ok || declared.IsAlias() {
			continue
		}
		if kind, ok := declared.Type().(*types.Named); ok {
			found = append(found, kind)
		}
	}
	slices.SortFunc(found, func(a, b *types.Named) int { return int(a.Obj().Pos() - b.Obj().Pos()) })
	return found
}

func (c *checker) atObject(object types.Object, rule, format string, parts ...any) {
	c.at(place(object.Pos()), rule, format, parts...)
}

// place is a position as a node.
type place token.Pos

func (p place) Pos() token.Pos { return token.Pos(p) }
func (p place) End() token.Pos { return token.Pos(p) }

// lonelyInterfaces finds interfaces that a file declares for the sake of one type of its own. There may be
// good reasons: callers hand in something of theirs, a value is asked whether it can do more, types are
// constrained.
func (c *checker) lonelyInterfaces() map[types.Object]bool {
	lonely := map[types.Object]bool{}
	declared := c.declaredTypes()
	seen := c.seenTypes()
	reasons := c.reasonsForInterfaces()
	for _, kind := range declared {
		of, ok := kind.Underlying().(*types.Interface)
		if !ok || !of.IsMethodSet() || of.NumMethods() == 0 || kind.TypeParams().Len() > 0 ||
			c.names[kind.Obj().Name()] || reasons[kind.Obj()] {
			continue
		}
		var heirs []string
		for _, other := range append(slices.Clone(declared), seen...) {
			if !types.IsInterface(other) && other.TypeParams().Len() == 0 && implements(other, of) {
				heirs = append(heirs, other.Obj().Name())
			}
		}
		if len(heirs) == 1 {
			lonely[kind.Obj()] = true
			c.atObject(kind.Obj(), "single-heir", "%s is there for the sake of one type, %s", kind.Obj().Name(), heirs[0])
		}
	}
	return lonely
}

// seenTypes gives the types of other packages that values in the file have.
func (c *checker) seenTypes() []*types.Named {
	found := map[*types.Named]bool{}
	for _, each := range c.info.Types {
		if kind := named(each.Type); kind != nil && kind.Obj().Pkg() != nil && kind.Obj().Pkg() != c.own {
			found[kind] = true
		}
	}
	var kinds []*types.Named
	for kind := range found {
		kinds = append(kinds, kind)
	}
	return kinds
}

// reasonsForInterfaces gives the types that assertions and constraints name, and those that callers from
// outside hand in.
func (c *checker) reasonsForInterfaces() map[types.Object]bool {
	found := map[types.Object]bool{}
	note := func(kind types.Type) {
		if of := named(kind); of != nil {
			found[of.Obj()] = true
		}
	}
	for _, tree := range c.trees {
		ast.Inspect(tree, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.TypeAssertExpr:
				if node.Type != nil {
					note(c.info.TypeOf(node.Type))
				}
			case *ast.TypeSwitchStmt:
				for _, clause := range node.Body.List {
					for _, kind := range clause.(*ast.CaseClause).List {
						note(c.info.TypeOf(kind))
					}
				}
			case *ast.FuncDecl:
				c.constraints(node.Type.TypeParams, note)
				if c.isOutside(node) {
					for _, field := range node.Type.Params.List {
						handedIn(c.info.TypeOf(field.Type), note, 0)
					}
				}
			case *ast.TypeSpec:
				c.constraints(node.TypeParams, note)
			}
			return true
		})
	}
	return found
}

func (c *checker) constraints(parameters *ast.FieldList, note func(types.Type)) {
	if parameters == nil {
		return
	}
	for _, field := range parameters.List {
		note(c.info.TypeOf(field.Type))
	}
}

// isOutside reports whether others call a function: it was asked for, or it is exported and so may be.
func (c *checker) isOutside(function *ast.FuncDecl) bool {
	if len(c.names) == 0 {
		return function.Name.IsExported()
	}
	return c.names[function.Name.Name]
}

const deepest = 4

// handedIn notes the types of what a parameter brings: its own, and those of its parts.
func handedIn(kind types.Type, note func(types.Type), depth int) {
	if kind == nil || depth > deepest {
		return
	}
	note(kind)
	switch of := kind.(type) {
	case *types.Pointer:
		handedIn(of.Elem(), note, depth+1)
	case *types.Slice:
		handedIn(of.Elem(), note, depth+1)
	case *types.Map:
		handedIn(of.Elem(), note, depth+1)
	case *types.Named:
		if structure, ok := of.Underlying().(*types.Struct); ok {
			for field := range structure.Fields() {
				handedIn(field.Type(), note, depth+1)
			}
		}
	}
}

// neededInterfaces gives the interfaces for which a type may have to have methods: those of other packages
// that the file has to do with, and its own that are not there for one type.
func (c *checker) neededInterfaces(lonely map[types.Object]bool) []*types.Interface {
	found := map[*types.Interface]bool{}
	note := func(kind types.Type) {
		methods, ok := kind.Underlying().(*types.Interface)
		if ok && methods.NumMethods() > 0 && methods.IsMethodSet() && !isOneOf(methods, lonely) {
			found[methods] = true
		}
	}
	for _, each := range c.info.Types {
		withSignature(each.Type, note)
	}
	for _, object := range c.info.Uses {
		withSignature(object.Type(), note)
	}
	var all []*types.Interface
	for of := range found {
		all = append(all, of)
	}
	return all
}

func isOneOf(methods *types.Interface, declared map[types.Object]bool) bool {
	for object := range declared {
		if types.Identical(object.Type().Underlying(), methods) {
			return true
		}
	}
	return false
}

func withSignature(kind types.Type, note func(types.Type)) {
	if kind == nil {
		return
	}
	note(kind)
	if signature, ok := kind.(*types.Signature); ok {
		for variable := range signature.Params().Variables() {
			note(variable.Type())
		}
		for variable := range signature.Results().Variables() {
			note(variable.Type())
		}
	}
}
