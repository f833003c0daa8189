package main

import (
	"go/ast"
	"go/types"
)

// What gives back, as any, a value that the same code has put in: its type is no surprise.
var containers = map[string]bool{
	"container/heap.Pop": true, "container/heap.Remove": true, "(*container/list.List).Remove": true,
	"(*sync.Pool).Get": true, "(*sync/atomic.Value).Load": true, "(*sync/atomic.Value).Swap": true,
	"(*sync.Map).Load": true, "(*sync.Map).LoadOrStore": true, "(*sync.Map).LoadAndDelete": true,
}

// putInHere reports whether a value comes out of a container of the library, which holds what the same code
// has put in; an assertion of its type panics only where that code is wrong.
func (c *checker) putInHere(value ast.Expr) bool {
	switch value := ast.Unparen(value).(type) {
	case *ast.CallExpr:
		return containers[c.calledName(value)]
	case *ast.SelectorExpr:
		of := c.info.TypeOf(value.X)
		return value.Sel.Name == "Value" && (isNamed(of, "container/list.Element") || isNamed(of, "container/ring.Ring"))
	case *ast.Ident:
		return c.contained()[c.info.Uses[value]]
	}
	return false
}

// contained gives the variables that hold what comes out of containers, and the parameter of a heap's Push.
func (c *checker) contained() map[types.Object]bool {
	if c.held != nil {
		return c.held
	}
	c.held = map[types.Object]bool{}
	for _, tree := range c.trees {
		ast.Inspect(tree, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.AssignStmt:
				name, ok := node.Lhs[0].(*ast.Ident)
				if ok && len(node.Rhs) == 1 && c.info.Defs[name] != nil && c.putInHere(node.Rhs[0]) {
					c.held[c.info.Defs[name]] = true
				}
			case *ast.FuncDecl:
				if c.isHeapPush(node) {
					c.held[c.info.Defs[node.Type.Params.List[0].Names[0]]] = true
				}
			}
			return true
		})
	}
	return c.held
}

// isHeapPush reports whether a method is the Push of container/heap's interface.
func (c *checker) isHeapPush(function *ast.FuncDecl) bool {
	owner := c.receiverType(function)
	if owner == nil || function.Name.Name != "Push" || len(function.Type.Params.List) != 1 ||
		len(function.Type.Params.List[0].Names) != 1 {
		return false
	}
	methods := types.NewMethodSet(types.NewPointer(owner.Type()))
	for _, name := range []string{"Len", "Less", "Swap", "Pop"} {
		if methods.Lookup(c.own, name) == nil {
			return false
		}
	}
	return true
}
