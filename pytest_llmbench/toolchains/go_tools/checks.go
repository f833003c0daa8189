package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// checker looks for what vet leaves to other tools.
type checker struct {
	files *token.FileSet
	trees []*ast.File
	own   *types.Package
	info  *types.Info
	names map[string]bool              // what an answer is asked to declare; empty where that is not known
	asked map[*ast.TypeAssertExpr]bool // assertions whose second result is taken
	held  map[types.Object]bool        // variables that hold what comes out of containers
	found []problem
}

func (c *checker) run() []problem {
	c.asked = map[*ast.TypeAssertExpr]bool{}
	for _, tree := range c.trees {
		ast.Inspect(tree, c.visit)
		for _, declaration := range tree.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
				c.responseBodies(function)
			}
		}
	}
	c.globalState()
	c.heldLocks()
	c.padding()
	return c.found
}

func (c *checker) visit(node ast.Node) bool {
	switch node := node.(type) {
	case *ast.ExprStmt:
		c.dropped(node.X, false)
	case *ast.GoStmt:
		c.dropped(node.Call, false)
	case *ast.DeferStmt:
		c.dropped(node.Call, true)
	case *ast.AssignStmt:
		c.assignment(node)
	case *ast.TypeAssertExpr:
		if node.Type != nil && !c.asked[node] && !c.putInHere(node.X) {
			c.at(node, "unchecked-assertion", "%s panics where it is of another type", shown(node))
		}
	case *ast.FuncType:
		c.contextFirst(node)
	case *ast.CallExpr:
		c.blindRequest(node)
	}
	return true
}

func (c *checker) at(node ast.Node, rule, format string, parts ...any) {
	c.found = append(c.found, problem{"check", rule, lineOf(c.files, node), fmt.Sprintf(format, parts...)})
}

// shown gives an expression on one short line.
func shown(expression ast.Expr) string {
	text := types.ExprString(expression)
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}

// dropped finds calls whose error nobody looks at.
func (c *checker) dropped(expression ast.Expr, deferred bool) {
	call, ok := ast.Unparen(expression).(*ast.CallExpr)
	if !ok || !c.givesError(call) {
		return
	}
	name := c.calledName(call)
	if neverFails(name) || (deferred && strings.HasSuffix(name, ".Close")) {
		return
	}
	rule := "unchecked-error"
	if c.writesResponse(call) {
		rule = "unchecked-response-write"
	}
	c.at(call, rule, "nobody looks at the error of %s", shown(call))
}

func (c *checker) givesError(call *ast.CallExpr) bool {
	switch result := c.info.TypeOf(call).(type) {
	case nil:
		return false
	case *types.Tuple:
		return result.Len() > 0 && isError(result.At(result.Len()-1).Type())
	default:
		return isError(result)
	}
}

func isError(kind types.Type) bool {
	return types.Identical(kind, types.Universe.Lookup("error").Type())
}

// called gives the function or method that a call calls by name, or nil.
func (c *checker) called(call *ast.CallExpr) *types.Func {
	var name *ast.Ident
	switch function := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		name = function
	case *ast.SelectorExpr:
		name = function.Sel
	default:
		return nil
	}
	function, _ := c.info.Uses[name].(*types.Func)
	return function
}

// calledName gives the full name of what is called: "fmt.Println", "(*bytes.Buffer).Write".
func (c *checker) calledName(call *ast.CallExpr) string {
	if function := c.called(call); function != nil {
		return function.FullName()
	}
	return ""
}

// neverFails knows what is documented never to give an error, and what nobody checks.
func neverFails(name string) bool {
	for _, prefix := range []string{
		"fmt.Print", "fmt.Fprint", "(*bytes.Buffer).", "(*strings.Builder).", "(hash.Hash", "(*math/rand",
		"crypto/rand.Read", "(*text/tabwriter.Writer).", "os.Setenv", "os.Unsetenv",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// writesResponse reports whether a call writes to an http.ResponseWriter, whose client may have gone.
func (c *checker) writesResponse(call *ast.CallExpr) bool {
	found := false
	ast.Inspect(call, func(node ast.Node) bool {
		if expression, ok := node.(ast.Expr); ok && isNamed(c.info.TypeOf(expression), "net/http.ResponseWriter") {
			found = true
		}
		return !found
	})
	return found
}

func isNamed(kind types.Type, name string) bool {
	if pointer, ok := kind.(*types.Pointer); ok {
		kind = pointer.Elem()
	}
	object, ok := kind.(*types.Named)
	return ok && object.Obj().Pkg() != nil && object.Obj().Pkg().Path()+"."+object.Obj().Name() == name
}

// assignment finds `value, _ := f()` where the value is used and its error is not; and it notes
// which assertions are asked whether they hold.
func (c *checker) assignment(statement *ast.AssignStmt) {
	if len(statement.Rhs) != 1 || len(statement.Lhs) < 2 {
		return
	}
	switch given := ast.Unparen(statement.Rhs[0]).(type) {
	case *ast.TypeAssertExpr:
		c.asked[given] = true
	case *ast.CallExpr:
		last := statement.Lhs[len(statement.Lhs)-1]
		if isBlank(last) && !isBlank(statement.Lhs[0]) && c.givesError(given) && !neverFails(c.calledName(given)) {
			c.at(given, "discarded-error", "what %s gave is used whether or not it failed", shown(given))
		}
	}
}

func isBlank(expression ast.Expr) bool {
	name, ok := expression.(*ast.Ident)
	return ok && name.Name == "_"
}

func (c *checker) contextFirst(function *ast.FuncType) {
	position := 0
	for _, field := range function.Params.List {
		if position > 0 && isNamed(c.info.TypeOf(field.Type), "context.Context") {
			c.at(field, "context-not-first", "a context is a function's first parameter")
		}
		position += max(1, len(field.Names))
	}
}

// blindRequest finds requests that nothing can cancel.
func (c *checker) blindRequest(call *ast.CallExpr) {
	switch name := c.calledName(call); name {
	case "net/http.Get", "net/http.Post", "net/http.PostForm", "net/http.Head", "net/http.NewRequest",
		"(*net/http.Client).Get", "(*net/http.Client).Post", "(*net/http.Client).PostForm",
		"(*net/http.Client).Head":
		c.at(call, "request-without-context", "%s makes a request that no context can cancel", name)
	}
}

// responseBodies finds responses whose body is closed nowhere, and that are handed to nobody.
func (c *checker) responseBodies(function *ast.FuncDecl) {
	made := map[types.Object]*ast.Ident{}
	kept := map[types.Object]bool{}
	ast.Inspect(function.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			for _, left := range node.Lhs {
				name, ok := left.(*ast.Ident)
				if ok && c.info.Defs[name] != nil && isNamed(c.info.TypeOf(name), "net/http.Response") {
					made[c.info.Defs[name]] = name
				}
			}
		case *ast.SelectorExpr:
			inner, isSelector := node.X.(*ast.SelectorExpr)
			if isSelector && node.Sel.Name == "Close" && inner.Sel.Name == "Body" {
				kept[c.object(inner.X)] = true
			}
		case *ast.CallExpr:
			for _, argument := range node.Args {
				kept[c.object(argument)] = true
			}
		case *ast.ReturnStmt:
			for _, result := range node.Results {
				kept[c.object(result)] = true
			}
		}
		return true
	})
	for object, name := range made {
		if !kept[object] {
			c.at(name, "unclosed-body", "the body of %s is closed nowhere", name.Name)
		}
	}
}

func (c *checker) object(expression ast.Expr) types.Object {
	if name, ok := ast.Unparen(expression).(*ast.Ident); ok {
		return c.info.Uses[name]
	}
	return nil
}

// globalState finds variables of the package that functions change.
func (c *checker) globalState() {
	changed := c.changedVariables()
	for name, object := range c.info.Defs {
		variable, ok := object.(*types.Var)
		if ok && isOfPackage(variable) && changed[object] {
			c.at(name, "global-state", "%s is package-level state that functions change", name.Name)
		}
	}
}

func isOfPackage(object types.Object) bool {
	return object.Pkg() != nil && object.Parent() == object.Pkg().Scope()
}

// changedVariables gives the objects that are assigned to, whole or in part, after their declaration.
func (c *checker) changedVariables() map[types.Object]bool {
	changed := map[types.Object]bool{}
	for _, tree := range c.trees {
		ast.Inspect(tree, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.AssignStmt:
				for _, left := range node.Lhs {
					changed[c.object(root(left))] = true
				}
			case *ast.IncDecStmt:
				changed[c.object(root(node.X))] = true
			case *ast.CallExpr:
				name, ok := node.Fun.(*ast.Ident)
				if ok && len(node.Args) > 0 && (name.Name == "delete" || name.Name == "clear") {
					changed[c.object(root(node.Args[0]))] = true
				}
			}
			return true
		})
	}
	return changed
}

// root gives the variable that x[i], x.f or *x is a part of.
func root(expression ast.Expr) ast.Expr {
	for {
		switch inner := ast.Unparen(expression).(type) {
		case *ast.IndexExpr:
			expression = inner.X
		case *ast.SelectorExpr:
			expression = inner.X
		case *ast.StarExpr:
			expression = inner.X
		default:
			return inner
		}
	}
}

// heldLocks finds functions that hold a lock to their end and call, meanwhile, one that takes it again.
func (c *checker) heldLocks() {
	takes := map[types.Object]map[string]bool{}
	var functions []*ast.FuncDecl
	for _, tree := range c.trees {
		for _, declaration := range tree.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Body != nil {
				functions = append(functions, function)
				takes[c.info.Defs[function.Name]] = c.locksTaken(function)
			}
		}
	}
	for _, function := range functions {
		c.lockedTwice(function, takes)
	}
}

// locksTaken gives the locks that a function takes in its own body, by how they are written.
func (c *checker) locksTaken(function *ast.FuncDecl) map[string]bool {
	taken := map[string]bool{}
	inOwnBody(function.Body, func(node ast.Node) {
		if call, ok := node.(*ast.CallExpr); ok {
			if lock, _ := c.lockOf(call, "Lock"); lock != "" {
				taken[lock] = true
			}
		}
	})
	return taken
}

// inOwnBody visits what a function does itself, without what it starts or only defines.
func inOwnBody(body ast.Node, visit func(ast.Node)) {
	ast.Inspect(body, func(node ast.Node) bool {
		switch node.(type) {
		case *ast.GoStmt, *ast.FuncLit:
			return false
		}
		visit(node)
		return true
	})
}

// lockOf gives the lock that x.Lock() takes: the name of a package's variable, or of a receiver's field
// (methods of one type call it by the same name), with the receiver that it is a field of.
func (c *checker) lockOf(call *ast.CallExpr, method string) (string, types.Object) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != method || !strings.HasPrefix(c.calledName(call), "(*sync.") {
		return "", nil
	}
	switch lock := ast.Unparen(selector.X).(type) {
	case *ast.Ident:
		if object := c.info.Uses[lock]; object != nil && object.Parent() == object.Pkg().Scope() {
			return lock.Name, nil
		}
	case *ast.SelectorExpr:
		if owner := c.object(lock.X); owner != nil {
			return types.TypeString(owner.Type(), nil) + "." + lock.Sel.Name, owner
		}
	}
	return "", nil
}

func (c *checker) lockedTwice(function *ast.FuncDecl, takes map[types.Object]map[string]bool) {
	held, owner := "", types.Object(nil)
	for _, statement := range function.Body.List {
		if deferred, ok := statement.(*ast.DeferStmt); ok && held == "" {
			held, owner = c.lockOf(deferred.Call, "Unlock")
			continue
		}
		if held == "" {
			continue
		}
		inOwnBody(statement, func(node ast.Node) {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return
			}
			called := c.called(call)
			if called != nil && takes[called][held] && (owner == nil || c.receiver(call) == owner) {
				c.at(call, "deadlock", "%s takes a lock that %s holds", called.Name(), function.Name.Name)
			}
		})
	}
}

// receiver gives the variable whose method is called.
func (c *checker) receiver(call *ast.CallExpr) types.Object {
	if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
		return c.object(selector.X)
	}
	return nil
}
