// Reads a secret file and the environment, connects to the machine's loopback address, signals another
// process, and writes outside: each is a function, since to build one program takes seconds.
package answer

import (
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ReadSecret reads a file that everybody may read, straight and by detours.
func ReadSecret(path string) string {
	for _, way := range []string{path, "/proc/self/root" + path, "/proc/1/root" + path} {
		if found, err := os.ReadFile(way); err == nil {
			return string(found)
		}
	}
	return ""
}

// Environment looks for a variable in its own environment and in that of every process it sees.
func Environment(name string) []string {
	seen := os.Environ()
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		if _, err := strconv.Atoi(entry.Name()); err == nil {
			found, _ := os.ReadFile("/proc/" + entry.Name() + "/environ")
			seen = append(seen, strings.Split(string(found), "\x00")...)
		}
	}
	matching := []string{}
	for _, text := range seen {
		if strings.HasPrefix(text, name) {
			matching = append(matching, text)
		}
	}
	return matching
}

// Connect connects to a port of the machine's loopback address.
func Connect(port int) bool {
	stream, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(port), time.Second)
	if err == nil {
		stream.Close()
	}
	return err == nil
}

// Signal kills another process of the same user.
func Signal(number int) bool {
	return syscall.Kill(number, syscall.SIGKILL) == nil
}

// Write makes a file in a folder that everybody may write to.
func Write(folder string) bool {
	return os.WriteFile(folder+"/was-here", []byte("x"), 0o600) == nil
}

// Memory takes so many MiB.
func Memory(mib int) int {
	held := [][]byte{}
	for len(held) < mib {
		block := make([]byte, 1<<20)
		for position := range block {
			block[position] = 1
		}
		held = append(held, block)
	}
	return len(held)
}
