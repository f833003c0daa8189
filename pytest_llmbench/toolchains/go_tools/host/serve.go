// Package llmbench lets a judge outside call the functions of a Go program over
// two pipes. A test binary that holds an answer, and where there is one the
// task's harness, serves its functions by Serve.
//
// This package is initialised before the program's own: it takes the pipes away
// before any line of the answer runs, says that the process is up, and sends
// what the answer prints to standard error.
package llmbench

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"runtime/debug"
	"syscall"
)

const (
	roleVariable = "LLMBENCH_ROLE"
	hostRole     = "host"
	raceBinary   = "/work/answer.race"
)

var (
	role     = os.Getenv(roleVariable)
	requests io.Reader
	replies  io.Writer
	answers  map[string]any
)

func init() {
	os.Unsetenv(roleVariable)
	if role != hostRole {
		return
	}
	requests = os.NewFile(taken(0), "requests")
	replies = os.NewFile(taken(1), "replies")
	nothing, err := syscall.Open(os.DevNull, syscall.O_RDONLY, 0)
	if err == nil {
		err = syscall.Dup3(nothing, 0, 0)
	}
	if err == nil {
		err = syscall.Dup3(2, 1, 0)
	}
	if err != nil {
		fatal(err)
	}
	reply([]byte(`["ok","ready",null,[],null]`))
}

// taken gives a copy of a descriptor that no child process inherits.
func taken(descriptor int) uintptr {
	copied, err := syscall.Dup(descriptor)
	if err != nil {
		fatal(err)
	}
	syscall.CloseOnExec(copied)
	return uintptr(copied)
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "llmbench:", err)
	os.Exit(3)
}

func reply(text []byte) {
	if err := writeFrame(replies, text); err != nil {
		os.Exit(3)
	}
}

// Answer gives the answer's function of a name, to be asserted to the type that
// it should have; nil where there is none.
func Answer(name string) any { return answers[name] }

// Serve answers the judge's calls until there are no more. In a process made by
// Again it calls that one function instead. Functions of the harness, where there
// is one, come before those of the answer.
func Serve(answer map[string]any, harness ...map[string]any) {
	answers = answer
	functions := maps.Clone(answer)
	for _, more := range harness {
		maps.Copy(functions, more)
	}
	if role != hostRole {
		if function, ok := functions[role].(func()); ok {
			function()
		}
		return
	}
	for {
		text, err := readFrame(requests)
		if err == io.EOF {
			return
		}
		if err != nil {
			fatal(err)
		}
		reply(respond(functions, text))
	}
}

// Again makes a command that runs this program once more, to call the function
// of a name, which takes and gives nothing. race asks for the build with the
// race detector (see HasRace). The environment is empty but for env.
func Again(name string, race bool, env ...string) *exec.Cmd {
	program := "/proc/self/exe"
	if race {
		program = raceBinary
	}
	command := exec.Command(program)
	command.Env = append(env, roleVariable+"="+name, "GORACE=atexit_sleep_ms=0 halt_on_error=0")
	return command
}

// HasRace reports whether there is a build with the race detector.
func HasRace() bool {
	_, err := os.Stat(raceBinary)
	return err == nil
}

// respond gives the reply to one request.
func respond(functions map[string]any, text []byte) []byte {
	message, err := decode(text)
	if err != nil {
		fatal(err)
	}
	parts, _ := message.(list)
	if len(parts) < 2 {
		fatal(errNotAValue)
	}
	operation, _ := parts[0].(string)
	id, _ := parts[1].(string)
	if operation == "load" {
		return okay(id, nil, nil)
	}
	if operation != "call" || len(parts) != 4 {
		fatal(errNotAValue)
	}
	name, _ := parts[2].(string)
	arguments, _ := parts[3].(list)
	function, known := functions[name]
	if !known {
		return raised(id, "NameError", fmt.Sprintf("there is no function %q", name))
	}
	return call(id, name, reflect.ValueOf(function), arguments)
}

// outcome is what became of a call: results, or how it failed.
type outcome struct {
	results       []reflect.Value
	kind, message string
}

func call(id, name string, function reflect.Value, given list) []byte {
	arguments, err := converted(function.Type(), given)
	if err != nil {
		return raised(id, "TypeError", fmt.Sprintf("%s: %v", name, err))
	}
	done := make(chan outcome, 1)
	// In a goroutine of its own: one that ends itself (runtime.Goexit) ends no more than that.
	go func() {
		result := outcome{kind: "panic", message: "the goroutine ended itself"}
		defer func() { done <- result }()
		defer func() {
			if cause := recover(); cause != nil {
				result.message = fmt.Sprint(cause)
				os.Stderr.Write(debug.Stack())
			}
		}()
		results := function.Call(arguments)
		result = outcome{results: results}
	}()
	result := <-done
	if result.kind != "" {
		return raised(id, result.kind, result.message)
	}
	if count := len(result.results); count > 0 && function.Type().Out(count-1) == errorType {
		if failed := result.results[count-1]; !failed.IsNil() {
			return raised(id, "error", failed.Interface().(error).Error())
		}
		result.results = result.results[:count-1]
	}
	return okay(id, result.results, arguments)
}

func converted(function reflect.Type, given list) ([]reflect.Value, error) {
	fixed := function.NumIn()
	if function.IsVariadic() {
		fixed--
	}
	if len(given) < fixed || (len(given) > fixed && !function.IsVariadic()) {
		return nil, fmt.Errorf("it takes %d arguments, %d were given", fixed, len(given))
	}
	arguments := make([]reflect.Value, len(given))
	for i, value := range given {
		wanted := function.In(min(i, function.NumIn()-1))
		if i >= fixed {
			wanted = wanted.Elem()
		}
		argument, err := assign(value, wanted)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		arguments[i] = argument
	}
	return arguments, nil
}

// okay writes results (several become a tuple) and the arguments as the call left them.
func okay(id string, results, arguments []reflect.Value) []byte {
	var text bytes.Buffer
	text.WriteString(`["ok",`)
	writeText(&text, id)
	text.WriteByte(',')
	err := encodeResults(&text, results)
	text.WriteString(",[")
	returned := "null"
	for i, argument := range arguments {
		if i > 0 {
			text.WriteByte(',')
		}
		if err == nil {
			err = encode(&text, argument, 0)
		}
		if len(results) == 1 && same(results[0], argument) {
			returned = fmt.Sprint(i)
		}
	}
	text.WriteString("]," + returned + "]")
	if err == nil && text.Len() > maxFrame {
		err = errTooLarge
	}
	if err != nil {
		return raised(id, "OverflowError", err.Error())
	}
	return text.Bytes()
}

func encodeResults(to *bytes.Buffer, results []reflect.Value) error {
	switch len(results) {
	case 0:
		to.WriteString("null")
		return nil
	case 1:
		return encode(to, results[0], 0)
	}
	to.WriteString(`{"$":"tuple","v":[`)
	for i, result := range results {
		if i > 0 {
			to.WriteByte(',')
		}
		if err := encode(to, result, 1); err != nil {
			return err
		}
	}
	to.WriteString("]}")
	return nil
}

// same reports whether a result is an argument itself, and not only equal to it.
func same(result, argument reflect.Value) bool {
	if result.Type() != argument.Type() {
		return false
	}
	switch result.Kind() {
	case reflect.Slice:
		return result.Len() > 0 && result.Len() == argument.Len() && result.Pointer() == argument.Pointer()
	case reflect.Map, reflect.Pointer:
		return !result.IsNil() && result.Pointer() == argument.Pointer()
	}
	return false
}

func raised(id, kind, message string) []byte {
	var text bytes.Buffer
	text.WriteString(`["raised",`)
	for i, part := range []string{id, kind, message} {
		if i > 0 {
			text.WriteByte(',')
		}
		writeText(&text, part)
	}
	text.WriteByte(']')
	return text.Bytes()
}
