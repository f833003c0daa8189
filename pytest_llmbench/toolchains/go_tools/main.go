// Command llmbenchtool works beside the go command, inside a sandbox in which
// nothing of an answer is ever run:
//
//	llmbenchtool work                  one job, as JSON on standard input: build an answer, or inspect it
//	llmbenchtool cache WARM... FRESH   a build cache in layers, for GOCACHEPROG
//	llmbenchtool UNIT.cfg              a vet tool, for go vet -vettool
//
// And in another sandbox, without the go command:
//
//	llmbenchtool run SIZE...        take programs from standard input, and become the first
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// job says what to do. Answer and Harness are whole files.
type job struct {
	Kind    string   `json:"kind"` // "build" or "inspect"
	Answer  string   `json:"answer"`
	Harness string   `json:"harness"`
	Names   []string `json:"names"` // what an answer is asked to declare, where that is known
	Race    bool     `json:"race"`  // whether to build with the race detector as well
	Go      string   `json:"go"`    // the language's version, "1.27"
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "llmbenchtool:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) > 1 && arguments[0] == "cache":
		last := len(arguments) - 1
		return serveCache(arguments[1:last], arguments[last], os.Stdin, os.Stdout)
	case len(arguments) == 1 && arguments[0] == "work":
		return work()
	case len(arguments) > 1 && arguments[0] == "run":
		return become(arguments[1:])
	case len(arguments) == 1 && arguments[0] == "-V=full":
		// The go command keys its cache by this. What is cached are facts on the standard library, which
		// Go's own vet finds: they do not depend on the sources of this program.
		fmt.Println("llmbenchtool version 1")
		return nil
	case len(arguments) == 1 && arguments[0] == "-flags":
		fmt.Println("[]")
		return nil
	case len(arguments) > 0 && strings.HasSuffix(arguments[len(arguments)-1], ".cfg"):
		return vetUnit(arguments)
	}
	return fmt.Errorf("unknown arguments %q", arguments)
}

func work() error {
	var given job
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	switch given.Kind {
	case "build":
		return build(given, out)
	case "inspect":
		return inspect(given, out)
	}
	return fmt.Errorf("unknown job %q", given.Kind)
}
