package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"
)

// problem is something found in an answer. Line counts from 1; 0 is the file as a whole.
type problem struct {
	Tool    string `json:"tool"`
	Rule    string `json:"rule"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

const maxErrors = 10 // of a kind, that are reported

// parseAnswer gives the tree of a file, which may be partial, and what is wrong with its syntax.
func parseAnswer(files *token.FileSet, text string) (*ast.File, []problem) {
	tree, err := parser.ParseFile(files, "answer.go", text, parser.ParseComments|parser.SkipObjectResolution)
	list, _ := err.(scanner.ErrorList)
	var found []problem
	for _, each := range list[:min(len(list), maxErrors)] {
		found = append(found, problem{"parse", "syntax", each.Pos.Line, each.Msg})
	}
	if err != nil && len(list) == 0 {
		found = append(found, problem{"parse", "syntax", 0, err.Error()})
	}
	return tree, found
}

// Comments that change how a program is built or checked. An answer has no need of them, and some
// would hide it from the race detector or from the compiler.
var directive = regexp.MustCompile(`^//(?:go:(?:linkname|norace|embed|cgo_\w+|wasm\w+|build)\b|export\s|line\s)|^/\*line\s|^// \+build\s`)

var testName = regexp.MustCompile(`^(?:Test|Benchmark|Fuzz|Example)(?:[^a-z]|$)`)

// refused says what of an answer is not built at all.
func refused(files *token.FileSet, tree *ast.File) []problem {
	var found []problem
	at := func(node ast.Node, format string, parts ...any) {
		line := files.PositionFor(node.Pos(), false).Line
		found = append(found, problem{"refuse", "refused", line, fmt.Sprintf(format, parts...)})
	}
	for _, imported := range tree.Imports {
		if path := strings.Trim(imported.Path.Value, "`\""); path == "C" || strings.HasPrefix(path, "answer") {
			at(imported, "the import of %q is refused", path)
		}
	}
	for _, group := range tree.Comments {
		for _, comment := range group.List {
			if directive.MatchString(comment.Text) {
				at(comment, "the directive %q is refused", firstWords(comment.Text))
			}
		}
	}
	if name := tree.Name.Name; strings.HasSuffix(name, "_test") || name == "_" || name == "llmbench" {
		at(tree.Name, "a package of the name %s is refused", name)
	}
	for _, name := range functions(tree) {
		if name == "TestMain" {
			at(tree.Name, "a function of the name TestMain is refused")
		}
	}
	return found
}

func firstWords(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return text[:min(len(text), 40)]
}

// functions gives the names of the functions at a file's top level that can be called by name.
func functions(tree *ast.File) []string {
	var names []string
	for _, declaration := range tree.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Recv != nil || function.Type.TypeParams != nil || function.Body == nil {
			continue
		}
		switch name := function.Name.Name; name {
		case "main", "init", "_":
		default:
			names = append(names, name)
		}
	}
	return names
}
