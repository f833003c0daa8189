package main

import (
	"io"
	"os"
	"strconv"
	"syscall"
)

// programs are the places of what become takes: the answer, and its build with the race detector.
var programs = []string{"/work/answer", "/work/answer.race"}

// become takes programs of the given sizes from standard input, reads not a byte
// more, and goes on as the first of them. So nothing of the machine that judges
// has to be shown to an answer, nor left behind by it.
func become(sizes []string) error {
	for i, text := range sizes[:min(len(sizes), len(programs))] {
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		if err := take(programs[i], size); err != nil {
			return err
		}
	}
	return syscall.Exec(programs[0], programs[:1], os.Environ())
}

func take(path string, size int64) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(file, os.Stdin, size); err != nil {
		return err
	}
	return file.Close()
}
