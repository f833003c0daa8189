package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// disguise is a type that may be a function in disguise: built in one place, for one call of its one method.
type disguise struct {
	kind    *types.Named
	method  *ast.FuncDecl
	literal *ast.CompositeLit
	maker   *ast.FuncDecl // the constructor, where the literal stands in one
}

// disguisedFunctions finds functions that have to be built before they can be called. A type that keeps
// something from one call to the next, that is called twice, read from outside, handed to somebody, or there
// for an interface is none.
func (c *checker) disguisedFunctions(needed []*types.Interface) {
	parents := c.parents()
	for _, kind := range c.declaredTypes() {
		structure, ok := kind.Underlying().(*types.Struct)
		if !ok || structure.NumFields() == 0 || kind.NumMethods() != 1 || kind.TypeParams().Len() > 0 ||
			c.names[kind.Obj().Name()] || serves(kind, needed) {
			continue
		}
		found := c.disguiseOf(kind, parents)
		if found == nil || c.keepsState(found.method) || c.isReadOutside(structure, found, parents) {
			continue
		}
		if c.isUsedOnce(found, parents) {
			name := kind.Obj().Name()
			c.atObject(kind.Obj(), "one-method-type", "%s is built for one call of %s: a function would do", name, found.method.Name.Name)
		}
	}
}

func (c *checker) parents() map[ast.Node]ast.Node {
	parents := map[ast.Node]ast.Node{}
	for _, tree := range c.trees {
		var open []ast.Node
		ast.Inspect(tree, func(node ast.Node) bool {
			if node == nil {
				open = open[:len(open)-1]
				return true
			}
			if len(open) > 0 {
				parents[node] = open[len(open)-1]
			}
			open = append(open, node)
			return true
		})
	}
	return parents
}

// disguiseOf gives a type's one method, one literal and perhaps one constructor; nil where it is named
// anywhere else.
func (c *checker) disguiseOf(kind *types.Named, parents map[ast.Node]ast.Node) *disguise {
	found := &disguise{kind: kind}
	for name, object := range c.info.Uses {
		if object != types.Object(kind.Obj()) {
			continue
		}
		if literal, ok := parents[name].(*ast.CompositeLit); ok && literal.Type == ast.Expr(name) {
			if found.literal != nil {
				return nil
			}
			found.literal = literal
			continue
		}
		function, field := c.signatureOf(name, parents)
		switch {
		case function == nil:
			return nil
		case function.Recv != nil && function.Recv.List[0] == field:
			found.method = function
		case function.Type.Results != nil && len(function.Type.Results.List) == 1 && function.Type.Results.List[0] == field:
			found.maker = function
		default:
			return nil
		}
	}
	if found.literal == nil || found.method == nil || found.maker != nil && !within(found.literal, found.maker, parents) {
		return nil
	}
	return found
}

// signatureOf gives the function in whose signature a name stands, and the field there.
func (c *checker) signatureOf(name *ast.Ident, parents map[ast.Node]ast.Node) (*ast.FuncDecl, *ast.Field) {
	var field *ast.Field
	for node := parents[name]; node != nil; node = parents[node] {
		switch node := node.(type) {
		case *ast.StarExpr, *ast.FieldList, *ast.FuncType:
		case *ast.Field:
			field = node
		case *ast.FuncDecl:
			return node, field
		default:
			return nil, nil
		}
	}
	return nil, nil
}

func within(node ast.Node, outer ast.Node, parents map[ast.Node]ast.Node) bool {
	for node != nil && node != outer {
		node = parents[node]
	}
	return node == outer
}

// keepsState reports whether a method changes its receiver, or hands it to what may.
func (c *checker) keepsState(method *ast.FuncDecl) bool {
	names := method.Recv.List[0].Names
	if len(names) == 0 || c.info.Defs[names[0]] == nil {
		return false
	}
	receiver := c.info.Defs[names[0]]
	kept := false
	selected := map[*ast.Ident]bool{} // where the receiver is only looked into
	ast.Inspect(method.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt:
			kept = kept || c.mentions(node, receiver)
		case *ast.AssignStmt:
			for _, left := range node.Lhs {
				kept = kept || c.object(root(left)) == receiver
			}
		case *ast.IncDecStmt:
			kept = kept || c.object(root(node.X)) == receiver
		case *ast.UnaryExpr:
			kept = kept || node.Op == token.AND && c.object(root(node.X)) == receiver
		case *ast.CallExpr:
			kept = kept || c.changesPart(node, receiver)
		case *ast.SelectorExpr:
			if name, ok := node.X.(*ast.Ident); ok {
				selected[name] = true
			}
		case *ast.Ident:
			kept = kept || c.info.Uses[node] == receiver && !selected[node]
		}
		return !kept
	})
	return kept
}

func (c *checker) mentions(node ast.Node, object types.Object) bool {
	found := false
	ast.Inspect(node, func(node ast.Node) bool {
		name, ok := node.(*ast.Ident)
		found = found || ok && c.info.Uses[name] == object
		return !found
	})
	return found
}

// changesPart reports whether a call is one of a method that may change what its variable holds, or of a
// builtin that does.
func (c *checker) changesPart(call *ast.CallExpr, receiver types.Object) bool {
	switch function := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		builtin := function.Name == "delete" || function.Name == "clear" || function.Name == "copy"
		return builtin && len(call.Args) > 0 && c.object(root(call.Args[0])) == receiver
	case *ast.SelectorExpr:
		called := c.called(call)
		if called == nil || called.Signature().Recv() == nil || c.object(root(function.X)) != receiver {
			return false
		}
		_, byPointer := called.Signature().Recv().Type().(*types.Pointer)
		_, isPointer := c.info.TypeOf(function.X).(*types.Pointer)
		return byPointer && !isPointer || c.object(function.X) == receiver
	}
	return false
}

// isReadOutside reports whether a field is named outside of the method and the literal.
func (c *checker) isReadOutside(structure *types.Struct, found *disguise, parents map[ast.Node]ast.Node) bool {
	fields := map[types.Object]bool{}
	for field := range structure.Fields() {
		fields[field] = true
	}
	for name, object := range c.info.Uses {
		if fields[object] && !within(name, found.method, parents) && !within(name, found.literal, parents) {
			return true
		}
	}
	return false
}

// isUsedOnce reports whether what is built serves one call in the same block, at once.
func (c *checker) isUsedOnce(found *disguise, parents map[ast.Node]ast.Node) bool {
	var made ast.Expr = found.literal
	if found.maker != nil {
		if made = c.onlyCallOf(c.info.Defs[found.maker.Name]); made == nil {
			return false
		}
	}
	made = outermost(made, parents)
	if c.isMethodCall(made, found, parents) {
		return true
	}
	statement, ok := parents[made].(*ast.AssignStmt)
	if !ok || len(statement.Lhs) != 1 {
		return false
	}
	name, ok := statement.Lhs[0].(*ast.Ident)
	if !ok || c.info.Defs[name] == nil {
		return false
	}
	var uses []*ast.Ident
	for use, object := range c.info.Uses {
		if object == c.info.Defs[name] {
			uses = append(uses, use)
		}
	}
	return len(uses) == 1 && c.isMethodCall(uses[0], found, parents) &&
		nearestBlock(uses[0], parents) == nearestBlock(statement, parents)
}

// onlyCallOf gives the one call of a function that is named nowhere else.
func (c *checker) onlyCallOf(function types.Object) ast.Expr {
	if c.uses(function) != 1 {
		return nil
	}
	var only ast.Expr
	for _, tree := range c.trees {
		ast.Inspect(tree, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok && types.Object(c.called(call)) == function {
				only = call
			}
			return true
		})
	}
	return only
}

// outermost gives &x or (x) for x.
func outermost(expression ast.Expr, parents map[ast.Node]ast.Node) ast.Expr {
	for {
		switch parent := parents[expression].(type) {
		case *ast.ParenExpr:
			expression = parent
		case *ast.UnaryExpr:
			expression = parent
		default:
			return expression
		}
	}
}

func (c *checker) isMethodCall(on ast.Expr, found *disguise, parents map[ast.Node]ast.Node) bool {
	selector, ok := parents[on].(*ast.SelectorExpr)
	if !ok {
		return false
	}
	call, ok := parents[selector].(*ast.CallExpr)
	return ok && call.Fun == ast.Expr(selector) && types.Object(c.called(call)) == c.info.Defs[found.method.Name]
}

// nearestBlock gives the block that a node stands in; a statement's own head belongs to the block around it,
// a loop's to the loop, as it may run again.
func nearestBlock(node ast.Node, parents map[ast.Node]ast.Node) ast.Node {
	for {
		node = parents[node]
		switch node.(type) {
		case nil, *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.ForStmt, *ast.RangeStmt:
			return node
		}
	}
}
