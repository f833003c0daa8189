package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"go/ast"
	"go/format"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// inspection is all that is said of an answer's text.
type inspection struct {
	Problems     []problem     `json:"problems,omitempty"`
	Unformatted  []int         `json:"unformatted,omitempty"` // lines that gofmt changes
	CodeLines    int           `json:"code_lines"`
	PackageDoc   string        `json:"package_doc"`
	Declarations []declaration `json:"declarations,omitempty"`
	Comments     []comment     `json:"comments,omitempty"`
	Names        []string      `json:"names,omitempty"`
}

const (
	findingsVariable = "LLMBENCH_FINDINGS"
	findingsFile     = "/work/findings.json"
	namesVariable    = "LLMBENCH_NAMES"
)

func inspect(given job, out io.Writer) error {
	files := token.NewFileSet()
	tree, found := parseAnswer(files, given.Answer)
	result := inspection{Problems: found}
	if len(found) == 0 {
		describe(&result, files, tree, given.Answer)
		result.Unformatted = unformatted(given.Answer)
		if err := writeAnswer(given); err != nil {
			return err
		}
		result.Problems = append(vet(given.Names), fix()...)
		slices.SortFunc(result.Problems, func(a, b problem) int {
			return cmp.Or(a.Line-b.Line, strings.Compare(a.Rule, b.Rule), strings.Compare(a.Message, b.Message))
		})
	}
	return writeHead(out, result)
}

func writeAnswer(given job) error {
	if err := os.MkdirAll(sourceFolder, 0o755); err != nil {
		return err
	}
	module := []byte("module answer\n\ngo " + given.Go + "\n")
	if err := os.WriteFile(filepath.Join(sourceFolder, "go.mod"), module, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(sourceFolder, answerFile), []byte(given.Answer), 0o644)
}

// unformatted gives the lines at which gofmt's text begins to differ from the answer's.
func unformatted(text string) []int {
	formatted, err := format.Source([]byte(text))
	if err != nil || string(formatted) == text {
		return nil
	}
	var lines []int
	ours, theirs := strings.Split(text, "\n"), strings.Split(string(formatted), "\n")
	known := map[string]int{}
	for _, line := range theirs {
		known[line]++
	}
	for i, line := range ours {
		if known[line] == 0 {
			lines = append(lines, i+1)
		}
		known[line]--
	}
	if len(lines) == 0 {
		lines = []int{len(ours)} // only what is left out or in order differs
	}
	return lines
}

// vet runs the go command's own vet, and through it our checks, which are told the names that are asked for.
func vet(names []string) []problem {
	command := goCommand("vet", "-vettool="+os.Args[0], ".")
	command.Env = append(command.Env, namesVariable+"="+strings.Join(names, " "))
	output, failed := command.CombinedOutput()
	text, err := os.ReadFile(findingsFile)
	var found []problem
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil {
		return compilerProblems(output, firstError(failed, err))
	}
	return found
}

func firstError(errors ...error) error {
	for _, err := range errors {
		if err != nil {
			return err
		}
	}
	return nil
}

// fix asks the go command for what it would write in newer Go; what does not compile has no answer.
func fix() []problem {
	output, err := goCommand("fix", "-json", ".").Output()
	if err != nil {
		return nil
	}
	return diagnostics("fix", output)
}

func goCommand(arguments ...string) *exec.Cmd {
	command := exec.Command("go", arguments...)
	command.Dir = sourceFolder
	command.Env = append(os.Environ(), "CGO_ENABLED=0", findingsVariable+"="+findingsFile)
	return command
}

// diagnostics reads {"package": {"analyzer": [{"posn": "FILE:LINE:COLUMN", "message": …}]}}, perhaps
// several such objects, with lines that start with "#" between them.
func diagnostics(tool string, output []byte) []problem {
	var found []problem
	var kept [][]byte
	for line := range bytes.Lines(output) {
		if !bytes.HasPrefix(line, []byte("#")) {
			kept = append(kept, line)
		}
	}
	reader := json.NewDecoder(bytes.NewReader(bytes.Join(kept, nil)))
	for {
		var packages map[string]map[string]json.RawMessage
		if reader.Decode(&packages) != nil {
			return found
		}
		for _, analyzers := range packages {
			for rule, raw := range analyzers {
				found = append(found, ruleProblems(tool, rule, raw)...)
			}
		}
	}
}

func ruleProblems(tool, rule string, raw json.RawMessage) []problem {
	var reported []struct{ Posn, Message string }
	if json.Unmarshal(raw, &reported) != nil {
		return nil // an analyzer that failed says so in an object
	}
	var found []problem
	for _, each := range reported {
		parts := strings.Split(each.Posn, ":")
		line := 0
		if len(parts) >= 3 {
			line, _ = strconv.Atoi(parts[len(parts)-2])
		}
		found = append(found, problem{tool, rule, line, each.Message})
	}
	return found
}

// lineOf gives the line of a node in the answer's text.
func lineOf(files *token.FileSet, node ast.Node) int {
	return files.PositionFor(node.Pos(), false).Line
}
