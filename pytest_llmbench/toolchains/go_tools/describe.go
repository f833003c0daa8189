package main

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// declaration is a function, a method or a type at the top level.
type declaration struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind"` // "function", "method" or "type"
	Line       int      `json:"line"`
	Doc        string   `json:"doc"`
	Parameters []string `json:"parameters,omitempty"`
	Results    int      `json:"results"`
	Statements int      `json:"statements"`
	Nesting    int      `json:"nesting"`
	Paths      int      `json:"paths"`           // cyclomatic complexity
	Words      []string `json:"words,omitempty"` // names and types that its signature is made of
}

// comment is a group of comment lines that documents no declaration, with the code that it stands at.
type comment struct {
	Line  int      `json:"line"`
	Lines []string `json:"lines,omitempty"`
	Code  string   `json:"code"`
}

func describe(result *inspection, files *token.FileSet, tree *ast.File, text string) {
	result.CodeLines = codeLines(text)
	result.PackageDoc = tree.Doc.Text()
	documentation := map[*ast.CommentGroup]bool{tree.Doc: true}
	for _, each := range tree.Decls {
		switch each := each.(type) {
		case *ast.FuncDecl:
			documentation[each.Doc] = true
			result.Declarations = append(result.Declarations, describeFunction(files, each))
		case *ast.GenDecl:
			documentation[each.Doc] = true
			result.Declarations = append(result.Declarations, describeTypes(files, each)...)
		}
	}
	for _, group := range tree.Comments {
		if !documentation[group] {
			result.Comments = append(result.Comments, describeComment(files, group, text))
		}
	}
	names := map[string]bool{}
	ast.Inspect(tree, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok {
			names[name.Name] = true
		}
		return true
	})
	for name := range names {
		result.Names = append(result.Names, name)
	}
	slices.Sort(result.Names)
}

// codeLines counts the lines that hold more than comments.
func codeLines(text string) int {
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(text))
	var scan scanner.Scanner
	scan.Init(file, []byte(text), func(token.Position, string) {}, 0)
	lines := map[int]bool{}
	for {
		at, kind, literal := scan.Scan()
		if kind == token.EOF {
			return len(lines)
		}
		if kind == token.SEMICOLON && literal == "\n" {
			continue
		}
		first := file.Line(at)
		for line := range strings.Count(literal, "\n") + 1 {
			lines[first+line] = true
		}
	}
}

func describeFunction(files *token.FileSet, function *ast.FuncDecl) declaration {
	described := declaration{
		Name:    function.Name.Name,
		Kind:    "function",
		Line:    lineOf(files, function.Name),
		Doc:     function.Doc.Text(),
		Results: function.Type.Results.NumFields(),
		Words:   []string{function.Name.Name},
	}
	if function.Recv != nil {
		described.Kind = "method"
		described.Words = append(described.Words, words(function.Recv)...)
	}
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			described.Parameters = append(described.Parameters, name.Name)
		}
	}
	described.Words = append(described.Words, words(function.Type)...)
	if function.Body != nil {
		measure(&described, function.Body)
	}
	return described
}

func describeTypes(files *token.FileSet, group *ast.GenDecl) []declaration {
	var found []declaration
	for _, specification := range group.Specs {
		each, ok := specification.(*ast.TypeSpec)
		if !ok {
			continue
		}
		doc := each.Doc.Text()
		if doc == "" && len(group.Specs) == 1 {
			doc = group.Doc.Text()
		}
		if doc == "" {
			doc = each.Comment.Text()
		}
		found = append(found, declaration{
			Name: each.Name.Name, Kind: "type", Line: lineOf(files, each), Doc: doc, Words: words(each),
		})
	}
	return found
}

func words(node ast.Node) []string {
	var found []string
	ast.Inspect(node, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok {
			found = append(found, name.Name)
		}
		return true
	})
	return found
}

// measure counts statements, the deepest nesting of blocks, and the paths through a function.
func measure(described *declaration, body *ast.BlockStmt) {
	described.Paths = 1
	var depth int
	var visit func(node ast.Node) bool
	var open []bool // for each node on the way here, whether it opens a level
	chained := map[ast.Node]bool{}
	visit = func(node ast.Node) bool {
		if node == nil {
			last := len(open) - 1
			if open[last] {
				depth--
			}
			open = open[:last]
			return true
		}
		opens := false
		switch node := node.(type) {
		case *ast.IfStmt:
			described.Paths++
			opens = !chained[node] // "else if" is no level of its own
			chained[node.Else] = true
		case *ast.ForStmt, *ast.RangeStmt:
			described.Paths++
			opens = true
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.FuncLit:
			opens = true
		case *ast.CaseClause:
			described.Paths += min(len(node.List), 1)
		case *ast.CommClause:
			described.Paths++
		case *ast.BinaryExpr:
			if node.Op == token.LAND || node.Op == token.LOR {
				described.Paths++
			}
		}
		if _, ok := node.(ast.Stmt); ok {
			switch node.(type) {
			case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			default:
				described.Statements++
			}
		}
		if opens {
			depth++
			described.Nesting = max(described.Nesting, depth)
		}
		open = append(open, opens)
		return true
	}
	ast.Inspect(body, visit)
}

func describeComment(files *token.FileSet, group *ast.CommentGroup, text string) comment {
	start, end := files.PositionFor(group.Pos(), false), files.PositionFor(group.End(), false)
	rows := strings.Split(text, "\n")
	described := comment{Line: start.Line, Lines: commentLines(group)}
	row := rows[start.Line-1]
	if before := strings.TrimSpace(row[:min(len(row), start.Column-1)]); before != "" {
		described.Code = before
		return described
	}
	for _, row := range rows[min(len(rows), end.Line):] {
		row = strings.TrimSpace(row)
		if row != "" && !strings.HasPrefix(row, "//") {
			described.Code = row
			break
		}
	}
	return described
}

func commentLines(group *ast.CommentGroup) []string {
	var lines []string
	for _, each := range group.List {
		text := strings.TrimSuffix(strings.TrimPrefix(each.Text, "/*"), "*/")
		for line := range strings.Lines(strings.TrimPrefix(text, "//")) {
			lines = append(lines, strings.Trim(line, "* \t\r\n"))
		}
		if text == "//" {
			lines = append(lines, "")
		}
	}
	return lines
}
