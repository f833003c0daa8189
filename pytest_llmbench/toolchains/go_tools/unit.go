package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// unit is what the go command tells a vet tool of a package (golang.org/x/tools,
// go/analysis/unitchecker, Config); only what is needed here.
type unit struct {
	ImportPath  string
	GoVersion   string
	GoFiles     []string
	ImportMap   map[string]string
	PackageFile map[string]string
	VetxOnly    bool
	VetxOutput  string
	Stdout      string // where a tool is to write instead of to its standard output
}

// vetUnit is a run of this program as a vet tool. Packages that the answer imports
// are left to Go's own vet. The answer is looked at by both, and what they find
// goes to the file that the environment names.
func vetUnit(arguments []string) error {
	path := arguments[len(arguments)-1]
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var given unit
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	if given.VetxOnly {
		command := exec.Command(goTool("vet"), path)
		command.Stdout, command.Stderr = os.Stdout, os.Stderr
		return command.Run()
	}
	found := checkUnit(given)
	if len(found) == 0 || found[0].Rule != "compile" {
		reported, err := given.vet(path)
		if err != nil {
			return err
		}
		found = append(found, reported...)
	}
	if given.VetxOutput != "" {
		if err := os.WriteFile(given.VetxOutput, nil, 0o600); err != nil {
			return err
		}
	}
	report, err := json.Marshal(found)
	if err != nil {
		return err
	}
	return os.WriteFile(os.Getenv(findingsVariable), report, 0o600)
}

// vet runs Go's own vet, and keeps what it finds from the go command, which would print it.
func (u unit) vet(path string) ([]problem, error) {
	output, err := exec.Command(goTool("vet"), "-json", path).Output()
	if err != nil {
		return nil, describeFailure("vet", err)
	}
	if u.Stdout != "" {
		if output, err = os.ReadFile(u.Stdout); err != nil {
			return nil, err
		}
		if err := os.Truncate(u.Stdout, 0); err != nil {
			return nil, err
		}
	}
	return diagnostics("vet", output), nil
}

func goTool(name string) string {
	return filepath.Join(os.Getenv("GOROOT"), "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH, name)
}

func describeFailure(what string, err error) error {
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return fmt.Errorf("%s: %w: %s", what, err, failed.Stderr)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// checkUnit gives the errors of the types, or else what our own checks find.
func checkUnit(given unit) []problem {
	files := token.NewFileSet()
	var trees []*ast.File
	for _, name := range given.GoFiles {
		tree, err := parser.ParseFile(files, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return []problem{{"types", "compile", 0, err.Error()}}
		}
		trees = append(trees, tree)
	}
	var found []problem
	config := types.Config{
		GoVersion: given.GoVersion,
		Importer:  importer.ForCompiler(files, "gc", given.open),
		Error: func(err error) {
			var wrong types.Error
			if errors.As(err, &wrong) && len(found) < maxErrors && !wrong.Soft {
				line := files.PositionFor(wrong.Pos, false).Line
				found = append(found, problem{"types", "compile", line, wrong.Msg})
			}
		},
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Defs:  map[*ast.Ident]types.Object{},
		Uses:  map[*ast.Ident]types.Object{},
	}
	own, err := config.Check(given.ImportPath, files, trees, info)
	if err != nil && len(found) == 0 {
		found = append(found, problem{"types", "compile", 0, err.Error()})
	}
	if len(found) > 0 {
		return found
	}
	names := map[string]bool{}
	for name := range strings.FieldsSeq(os.Getenv(namesVariable)) {
		name, _, _ = strings.Cut(name, ".")
		names[name] = true
	}
	return (&checker{files: files, trees: trees, own: own, info: info, names: names}).run()
}

// open gives the compiled types of a package that is imported.
func (u unit) open(path string) (io.ReadCloser, error) {
	if mapped, ok := u.ImportMap[path]; ok {
		path = mapped
	}
	file, ok := u.PackageFile[path]
	if !ok {
		return nil, fmt.Errorf("there is no package %q", path)
	}
	return os.Open(file)
}
