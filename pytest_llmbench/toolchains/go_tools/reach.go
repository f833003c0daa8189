package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// part is a declaration of the package: a function, a method, a type, a variable or a constant.
type part struct {
	name  *ast.Ident
	owner types.Object // the type, where it is a method
	uses  map[types.Object]bool
	begun bool // whether it takes effect without being used: main, init, a variable that nobody can name
	row   bool // whether it is one of a row of constants, of which each has its number
}

// reach is what uses what in a package.
type reach struct {
	c     *checker
	parts map[types.Object]*part
	order []types.Object
}

func (c *checker) reach() *reach {
	r := &reach{c: c, parts: map[types.Object]*part{}}
	for _, tree := range c.trees {
		for _, declaration := range tree.Decls {
			switch declaration := declaration.(type) {
			case *ast.FuncDecl:
				r.function(declaration)
			case *ast.GenDecl:
				r.group(declaration)
			}
		}
	}
	return r
}

func (r *reach) add(name *ast.Ident, node ast.Node) *part {
	object := r.c.info.Defs[name]
	if object == nil {
		// The file's other blank names have no object of their own either.
		object = types.NewLabel(name.Pos(), nil, name.Name)
	}
	added := &part{name: name, uses: r.usesIn(node)}
	r.parts[object] = added
	r.order = append(r.order, object)
	return added
}

func (r *reach) function(declaration *ast.FuncDecl) {
	added := r.add(declaration.Name, declaration)
	switch {
	case declaration.Recv != nil:
		added.owner = r.c.receiverType(declaration)
	case declaration.Name.Name == "main" || declaration.Name.Name == "init":
		added.begun = true
	}
}

func (r *reach) group(declaration *ast.GenDecl) {
	row := false
	for _, specification := range declaration.Specs {
		switch specification := specification.(type) {
		case *ast.TypeSpec:
			r.add(specification.Name, specification)
		case *ast.ValueSpec:
			row = row || (declaration.Tok == token.CONST && r.c.counts(specification))
			for _, name := range specification.Names {
				added := r.add(name, specification)
				added.row = row
				added.begun = name.Name == "_" && r.c.calls(specification)
			}
		}
	}
}

// usesIn gives the package's own objects that a declaration names. `_ = f` names f for no use.
func (r *reach) usesIn(node ast.Node) map[types.Object]bool {
	found := map[types.Object]bool{}
	ast.Inspect(node, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			return !r.c.silences(node)
		case *ast.Ident:
			if object := origin(r.c.info.Uses[node]); object != nil {
				found[object] = true
			}
		}
		return true
	})
	return found
}

// origin gives a generic function or method for one that is made of it.
func origin(object types.Object) types.Object {
	switch object := object.(type) {
	case nil:
		return nil
	case *types.Func:
		return object.Origin()
	default:
		return object
	}
}

// silences reports whether a statement does nothing but name functions: `_ = f`.
func (c *checker) silences(statement *ast.AssignStmt) bool {
	for _, left := range statement.Lhs {
		if !isBlank(left) {
			return false
		}
	}
	for _, right := range statement.Rhs {
		if _, ok := c.object(right).(*types.Func); !ok {
			return false
		}
	}
	return true
}

func (c *checker) counts(specification *ast.ValueSpec) bool {
	found := false
	for _, value := range specification.Values {
		ast.Inspect(value, func(node ast.Node) bool {
			name, ok := node.(*ast.Ident)
			found = found || (ok && c.info.Uses[name] == types.Universe.Lookup("iota"))
			return true
		})
	}
	return found
}

// calls reports whether a variable's value calls something, which may have an effect.
func (c *checker) calls(specification *ast.ValueSpec) bool {
	found := false
	for _, value := range specification.Values {
		ast.Inspect(value, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if ok && !c.info.Types[call.Fun].IsType() && !c.info.Types[call.Fun].IsBuiltin() {
				found = true
			}
			return true
		})
	}
	return found
}

func (c *checker) receiverType(function *ast.FuncDecl) types.Object {
	if function.Recv == nil || len(function.Recv.List) == 0 {
		return nil
	}
	if kind := named(c.info.TypeOf(function.Recv.List[0].Type)); kind != nil {
		return kind.Obj()
	}
	return nil
}

// named gives the declared type that a type is, or points to; of a generic one its declaration.
func named(kind types.Type) *types.Named {
	if pointer, ok := types.Unalias(kind).(*types.Pointer); ok {
		kind = pointer.Elem()
	}
	found, ok := types.Unalias(kind).(*types.Named)
	if !ok {
		return nil
	}
	return found.Origin()
}

// used gives what is used by something other than itself and its own methods.
func (r *reach) used() map[types.Object]bool {
	found := map[types.Object]bool{}
	for user, by := range r.parts {
		for object := range by.uses {
			if object != user && object != by.owner {
				found[object] = true
			}
		}
	}
	return found
}

// from gives what is reached from some of the declarations. With a type all its methods are that others may
// call: the exported ones, and those that an interface of the package has.
func (r *reach) from(roots []types.Object) map[types.Object]bool {
	reached := map[types.Object]bool{}
	ofInterfaces := r.c.ownInterfaceMethods()
	for {
		for len(roots) > 0 {
			object := roots[len(roots)-1]
			roots = roots[:len(roots)-1]
			by := r.parts[object]
			if by == nil || reached[object] {
				continue
			}
			reached[object] = true
			for used := range by.uses {
				roots = append(roots, used)
			}
			for method, other := range r.parts {
				if other.owner == object && (method.Exported() || ofInterfaces[method.Name()]) {
					roots = append(roots, method)
				}
			}
		}
		if roots = r.makers(reached); len(roots) == 0 {
			return reached
		}
	}
}

// makers gives the exported functions that are not reached, and give what is: constructors, options.
func (r *reach) makers(reached map[types.Object]bool) []types.Object {
	var found []types.Object
	for object, by := range r.parts {
		function, ok := object.(*types.Func)
		if !ok || reached[object] || !object.Exported() || by.owner != nil {
			continue
		}
		for result := range function.Signature().Results().Variables() {
			if kind := named(result.Type()); kind != nil && reached[kind.Obj()] {
				found = append(found, object)
				break
			}
		}
	}
	return found
}

// ownInterfaceMethods gives the names of the methods of all interfaces in the text, those without a name too.
func (c *checker) ownInterfaceMethods() map[string]bool {
	found := map[string]bool{}
	for _, tree := range c.trees {
		ast.Inspect(tree, func(node ast.Node) bool {
			if kind, ok := node.(*ast.InterfaceType); ok {
				for _, field := range kind.Methods.List {
					for _, name := range field.Names {
						found[name.Name] = true
					}
				}
			}
			return true
		})
	}
	return found
}
