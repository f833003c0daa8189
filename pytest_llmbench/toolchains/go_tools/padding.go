package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// padding finds what does nothing, or takes a detour: it has to be read, and to be kept, all the same.
func (c *checker) padding() {
	c.unused()
	lonely := c.lonelyInterfaces()
	needed := c.neededInterfaces(lonely)
	c.emptyTypes(needed)
	c.disguisedFunctions(needed)
	for _, tree := range c.trees {
		ast.Inspect(tree, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncDecl:
				c.detour(node)
			case *ast.IfStmt:
				c.deadBranch(node)
			case *ast.ForStmt:
				if node.Cond != nil && c.always(node.Cond, false) {
					c.at(node, "dead-branch", "its condition never holds")
				}
			}
			return true
		})
	}
}

// unused finds declarations that nothing uses which was asked for. Where it is not known what was asked for,
// whatever is exported was, and what is used anywhere counts as used.
func (c *checker) unused() {
	r := c.reach()
	known := slices.ContainsFunc(r.order, func(object types.Object) bool { return c.isAsked(object) })
	used := r.used()
	var roots []types.Object
	for _, object := range r.order {
		by := r.parts[object]
		asked := object.Exported()
		if known {
			asked = c.isAsked(object)
		}
		if by.begun || (by.owner == nil && (asked || (!known && !used[object]))) {
			roots = append(roots, object)
		}
	}
	reached := r.from(roots)
	for _, object := range r.order {
		by := r.parts[object]
		idle := !reached[object] || (!known && by.owner == nil && !by.begun && !used[object] && !object.Exported())
		if !idle || by.row || by.name.Name == "_" || c.isAsked(object) {
			continue
		}
		c.tellUnused(object, by, reached)
	}
}

func (c *checker) isAsked(object types.Object) bool {
	return c.names[object.Name()] && object.Pkg() != nil && isOfPackage(object)
}

func (c *checker) tellUnused(object types.Object, by *part, reached map[types.Object]bool) {
	switch {
	case by.owner != nil:
		// With a type that is not used, or that may be called from elsewhere, its methods are told.
		if reached[by.owner] && !object.Exported() {
			c.at(by.name, "unused", "%s.%s is never used", by.owner.Name(), object.Name())
		}
	case !object.Exported():
		c.at(by.name, "unused", "%s is never used", object.Name())
	case isFunctionOrType(object):
		c.at(by.name, "unasked", "%s was not asked for, and nothing here uses it", object.Name())
	}
}

func isFunctionOrType(object types.Object) bool {
	switch object.(type) {
	case *types.Func, *types.TypeName:
		return true
	}
	return false
}

// What a type without fields may have methods for that are called by their names alone, whatever an
// argument's type: printing, encoding, sorting, databases.
var interfaceMethods = map[string]bool{
	"ServeHTTP": true, "RoundTrip": true, "Error": true, "String": true, "Read": true, "Write": true,
	"Close": true, "Len": true, "Less": true, "Swap": true, "Handle": true, "MarshalJSON": true,
	"UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true, "Format": true, "GoString": true,
	"LogValue": true, "Scan": true, "Lock": true, "Unlock": true, "Done": true, "Value": true,
}

// emptyTypes finds types that hold nothing and have methods all the same.
func (c *checker) emptyTypes(needed []*types.Interface) {
	for _, kind := range c.declaredTypes() {
		structure, ok := kind.Underlying().(*types.Struct)
		if !ok || structure.NumFields() > 0 || kind.NumMethods() == 0 || c.names[kind.Obj().Name()] {
			continue
		}
		if !serves(kind, needed) {
			c.atObject(kind.Obj(), "empty-type", "%s holds nothing, yet has methods", kind.Obj().Name())
		}
	}
}

// serves reports whether a type has its methods for the sake of an interface.
func serves(kind *types.Named, needed []*types.Interface) bool {
	for method := range kind.Methods() {
		if interfaceMethods[method.Name()] {
			return true
		}
	}
	return slices.ContainsFunc(needed, func(of *types.Interface) bool { return implements(kind, of) })
}

func implements(kind types.Type, of *types.Interface) bool {
	return types.Implements(kind, of) || types.Implements(types.NewPointer(kind), of)
}

// detour finds functions that only hand their parameters on, as they are, to another one of the file.
func (c *checker) detour(function *ast.FuncDecl) {
	if function.Body == nil || len(function.Body.List) != 1 || function.Name.Name == "main" || function.Name.Name == "init" {
		return
	}
	call := onlyCall(function.Body.List[0])
	if call == nil {
		return
	}
	other := c.called(call)
	self, _ := c.info.Defs[function.Name].(*types.Func)
	if other == nil || self == nil || other == self || other.Pkg() != self.Pkg() || other.Origin() != other {
		return
	}
	from, to := self.Signature(), other.Signature()
	if !types.Identical(from.Params(), to.Params()) || !types.Identical(from.Results(), to.Results()) ||
		from.Variadic() != to.Variadic() || to.TypeParams().Len() > 0 || interfaceMethods[self.Name()] {
		return
	}
	// A name for others, for what is used here too or is theirs already, is none.
	if c.names[other.Name()] || (len(c.names) == 0 && other.Exported()) || c.uses(other) > 1 {
		return
	}
	if c.handsOn(function, call) && (to.Recv() == nil) == (from.Recv() == nil) {
		c.at(function.Name, "detour", "%s only hands on to %s", self.Name(), other.Name())
	}
}

// uses counts the places where something is named.
func (c *checker) uses(object types.Object) int {
	found := 0
	for _, used := range c.info.Uses {
		if origin(used) == object {
			found++
		}
	}
	return found
}

func onlyCall(statement ast.Stmt) *ast.CallExpr {
	var only ast.Expr
	switch statement := statement.(type) {
	case *ast.ReturnStmt:
		if len(statement.Results) == 1 {
			only = statement.Results[0]
		}
	case *ast.ExprStmt:
		only = statement.X
	}
	call, _ := only.(*ast.CallExpr)
	return call
}

// handsOn reports whether a call has a function's own parameters and receiver, in their order.
func (c *checker) handsOn(function *ast.FuncDecl, call *ast.CallExpr) bool {
	var own []types.Object
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			own = append(own, c.info.Defs[name])
		}
	}
	if len(own) != len(call.Args) {
		return false
	}
	for i, argument := range call.Args {
		if own[i] == nil || c.object(argument) != own[i] {
			return false
		}
	}
	if function.Recv == nil {
		return true
	}
	names := function.Recv.List[0].Names
	return len(names) == 1 && c.receiver(call) != nil && c.receiver(call) == c.info.Defs[names[0]]
}

// deadBranch finds conditions that can only be one thing, as they are written. A bare `if false` is found in
// all languages alike, elsewhere.
func (c *checker) deadBranch(statement *ast.IfStmt) {
	name, bare := ast.Unparen(statement.Cond).(*ast.Ident)
	switch {
	case bare && name.Name == "false":
	case c.always(statement.Cond, false):
		c.at(statement, "dead-branch", "its condition never holds")
	case statement.Else != nil && c.always(statement.Cond, true):
		c.at(statement.Else, "dead-branch", "never runs: the condition always holds")
	}
}

// always reports whether a condition has one value whatever happens, by literals alone: a constant with a
// name may be another one elsewhere, as runtime.GOOS is.
func (c *checker) always(condition ast.Expr, value bool) bool {
	switch condition := ast.Unparen(condition).(type) {
	case *ast.UnaryExpr:
		if condition.Op == token.NOT {
			return c.always(condition.X, !value)
		}
	case *ast.BinaryExpr:
		left, right := c.always(condition.X, value), c.always(condition.Y, value)
		switch {
		case condition.Op == token.LAND && !value, condition.Op == token.LOR && value:
			return left || right
		case condition.Op == token.LAND, condition.Op == token.LOR:
			return left && right
		}
	}
	found := c.info.Types[condition].Value
	return found != nil && found.Kind() == constant.Bool && constant.BoolVal(found) == value && c.isLiteral(condition)
}

func (c *checker) isLiteral(expression ast.Expr) bool {
	literal := true
	ast.Inspect(expression, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok && c.info.Uses[name] != types.Universe.Lookup(name.Name) {
			literal = false
		}
		return literal
	})
	return literal
}
