package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An answer is built as a test binary: it keeps its own main, which is never run,
// and its package may have any name. With it go the task's harness and tables of
// all functions that the judge can call. A harness whose package is called harness
// is a package of its own, and reaches the answer's functions by llmbench.Answer;
// any other is made part of the answer's package.

//go:embed host/*.go
var host embed.FS

const (
	sourceFolder   = "/work/src"
	answerFile     = "answer.go"
	harnessFile    = "harness_test.go"
	tableFile      = "llmbench_test.go"
	harnessPackage = "harness"
	maxBinary      = 60 << 20
)

// built is the head of a build's reply; the programs follow it.
type built struct {
	Problems []problem `json:"problems,omitempty"`
	Sizes    []int64   `json:"sizes,omitempty"`
}

func build(given job, out io.Writer) error {
	files := token.NewFileSet()
	tree, found := parseAnswer(files, given.Answer)
	if len(found) == 0 {
		found = refused(files, tree)
	}
	if len(found) > 0 {
		return writeHead(out, built{Problems: found})
	}
	if err := writeSources(given, tree); err != nil {
		return err
	}
	programs := []*exec.Cmd{testBinary("/work/answer")}
	if given.Race {
		programs = append(programs, testBinary("/work/answer.race", "-race"))
	}
	for _, found := range runAll(programs) {
		if len(found) > 0 {
			return writeHead(out, built{Problems: found})
		}
	}
	return sendPrograms(out, programs)
}

func writeSources(given job, tree *ast.File) error {
	sources := map[string]string{
		"go.mod":   fmt.Sprintf("module answer\n\ngo %s\n", given.Go),
		answerFile: given.Answer,
	}
	tables := []string{table(functions(tree))}
	imports := ""
	if given.Harness != "" {
		files := token.NewFileSet()
		harness, found := parseAnswer(files, given.Harness)
		if len(found) > 0 {
			return fmt.Errorf("the harness: line %d: %s", found[0].Line, found[0].Message)
		}
		callable := table(functions(harness))
		if harness.Name.Name == harnessPackage {
			sources["harness/harness.go"] = given.Harness
			sources["harness/llmbench.go"] = "package harness\n\nvar LlmbenchTable = " + callable + "\n"
			imports, callable = "\t\"answer/harness\"\n", "harness.LlmbenchTable"
		} else {
			start := files.Position(harness.Name.Pos()).Offset
			end := start + len(harness.Name.Name)
			sources[harnessFile] = given.Harness[:start] + tree.Name.Name + given.Harness[end:]
		}
		tables = append(tables, callable)
	}
	sources[tableFile] = fmt.Sprintf(
		"package %s\n\nimport (\n\t\"testing\"\n\n%s\t\"answer/llmbench\"\n)\n\n"+
			"func TestMain(*testing.M) {\n\tllmbench.Serve(%s)\n}\n",
		tree.Name.Name, imports, strings.Join(tables, ", "),
	)
	for name, text := range sources {
		path := filepath.Join(sourceFolder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return writeHost()
}

func writeHost() error {
	if err := os.MkdirAll(filepath.Join(sourceFolder, "llmbench"), 0o755); err != nil {
		return err
	}
	return fs.WalkDir(host, "host", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := host.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(sourceFolder, "llmbench", entry.Name()), text, 0o644)
	})
}

// table writes a map of functions by their names.
func table(names []string) string {
	var text strings.Builder
	text.WriteString("map[string]any{\n")
	for i, name := range names {
		if !slices.Contains(names[:i], name) {
			fmt.Fprintf(&text, "\t%q: %s,\n", name, name)
		}
	}
	text.WriteString("}")
	return text.String()
}

func testBinary(to string, flags ...string) *exec.Cmd {
	arguments := append([]string{"test", "-c", "-o", to, "-ldflags=-s -w"}, flags...)
	command := exec.Command("go", append(arguments, ".")...)
	command.Dir = sourceFolder
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if len(flags) > 0 {
		command.Env = append(os.Environ(), "CGO_ENABLED=1")
	}
	return command
}

// runAll runs commands at once, and gives what each found wrong.
func runAll(commands []*exec.Cmd) [][]problem {
	found := make([][]problem, len(commands))
	done := make(chan struct{})
	for i, command := range commands {
		go func() {
			defer func() { done <- struct{}{} }()
			if output, err := command.CombinedOutput(); err != nil {
				found[i] = compilerProblems(output, err)
			}
		}()
	}
	for range commands {
		<-done
	}
	return found
}

var compilerLine = regexp.MustCompile(`(?m)^(?:vet: )?(?:\./|/work/src/)?([\w/]+)\.go:(\d+)(?::\d+)?: (.+)$`)

// compilerProblems reads what the go command printed; lines of the harness are told without a line.
func compilerProblems(output []byte, err error) []problem {
	var found []problem
	for _, match := range compilerLine.FindAllSubmatch(output, maxErrors) {
		line, message := 0, string(match[3])
		if string(match[1])+".go" == answerFile {
			line, _ = strconv.Atoi(string(match[2]))
		} else {
			message = fmt.Sprintf("%s (in the task's harness, line %s)", message, match[2])
		}
		found = append(found, problem{"compile", "compile", line, message})
	}
	if len(found) == 0 {
		text := strings.TrimSpace(string(bytes.ToValidUTF8(output, []byte("?"))))
		message := fmt.Sprintf("%v: %s", err, text[:min(len(text), 500)])
		found = append(found, problem{"go", "failed", 0, message})
	}
	return found
}

func sendPrograms(out io.Writer, programs []*exec.Cmd) error {
	var head built
	var opened []*os.File
	for _, program := range programs {
		file, err := os.Open(program.Args[4])
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		if info.Size() > maxBinary {
			found := problem{"go", "too large", 0, fmt.Sprintf("the program has %d bytes", info.Size())}
			return writeHead(out, built{Problems: []problem{found}})
		}
		head.Sizes = append(head.Sizes, info.Size())
		opened = append(opened, file)
	}
	if err := writeHead(out, head); err != nil {
		return err
	}
	for _, file := range opened {
		if _, err := io.Copy(out, file); err != nil {
			return err
		}
	}
	return nil
}

func writeHead(out io.Writer, head any) error {
	return json.NewEncoder(out).Encode(head)
}
