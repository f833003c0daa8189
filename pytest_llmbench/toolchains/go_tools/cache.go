package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A build cache in layers, spoken to by the go command over its own protocol
// (GOCACHEPROG, `go doc cmd/go/internal/cacheprog`): what is asked for comes from
// warm caches that are only read, what is made goes to a fresh folder, which can
// be a warm one later. So many sandboxes share the warm caches at once, none can
// change them, and nothing is copied, mounted over or linked.

type cacheRequest struct {
	ID       int64
	Command  string
	ActionID []byte
	OutputID []byte
	BodySize int64
}

type cacheReply struct {
	ID            int64
	Err           string     `json:",omitempty"`
	KnownCommands []string   `json:",omitempty"`
	Miss          bool       `json:",omitempty"`
	OutputID      []byte     `json:",omitempty"`
	Size          int64      `json:",omitempty"`
	Time          *time.Time `json:",omitempty"`
	DiskPath      string     `json:",omitempty"`
}

type entry struct {
	output []byte
	size   int64
	path   string
}

// layers is the cache: folders as the go command itself keeps them.
type layers struct {
	warm  []string
	fresh string
}

func serveCache(warm []string, fresh string, from io.Reader, to io.Writer) error {
	cache := &layers{warm: warm, fresh: fresh}
	requests := json.NewDecoder(bufio.NewReaderSize(from, 1<<16))
	replies := json.NewEncoder(to)
	if err := replies.Encode(cacheReply{KnownCommands: []string{"get", "put", "close"}}); err != nil {
		return err
	}
	for {
		var request cacheRequest
		if err := requests.Decode(&request); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		var body []byte
		if request.Command == "put" && request.BodySize > 0 {
			if err := requests.Decode(&body); err != nil {
				return err
			}
		}
		if err := replies.Encode(cache.reply(request, body)); err != nil || request.Command == "close" {
			return err
		}
	}
}

func (c *layers) reply(request cacheRequest, body []byte) cacheReply {
	reply := cacheReply{ID: request.ID}
	switch request.Command {
	case "get":
		found, ok := c.find(request.ActionID)
		if !ok {
			reply.Miss = true
			break
		}
		now := time.Now()
		reply.OutputID, reply.Size, reply.DiskPath, reply.Time = found.output, found.size, found.path, &now
	case "put":
		path, err := c.keep(request, body)
		if err != nil {
			reply.Err = err.Error()
		}
		reply.DiskPath = path
	}
	return reply
}

func (c *layers) find(action []byte) (entry, bool) {
	for _, folder := range append([]string{c.fresh}, c.warm...) {
		if found, ok := findIn(folder, hex.EncodeToString(action)); ok {
			return found, true
		}
	}
	return entry{}, false
}

// findIn looks an action up: its file says "v1 ACTION OUTPUT SIZE TIME".
func findIn(folder, name string) (entry, bool) {
	text, err := os.ReadFile(cacheFile(folder, name, "a"))
	if err != nil {
		return entry{}, false
	}
	fields := strings.Fields(string(text))
	if len(fields) != 5 || fields[0] != "v1" || fields[1] != name {
		return entry{}, false
	}
	output, err := hex.DecodeString(fields[2])
	if err != nil || len(output) == 0 {
		return entry{}, false
	}
	size, err := strconv.ParseInt(fields[3], 10, 64)
	path := cacheFile(folder, fields[2], "d")
	if info, missing := os.Stat(path); err != nil || missing != nil || info.Size() != size {
		return entry{}, false
	}
	return entry{output, size, path}, true
}

func cacheFile(folder, name, kind string) string {
	return filepath.Join(folder, name[:2], name+"-"+kind)
}

func (c *layers) keep(request cacheRequest, body []byte) (string, error) {
	if int64(len(body)) != request.BodySize {
		return "", fmt.Errorf("%d bytes of %d", len(body), request.BodySize)
	}
	action, output := hex.EncodeToString(request.ActionID), hex.EncodeToString(request.OutputID)
	path := cacheFile(c.fresh, output, "d")
	line := fmt.Sprintf("v1 %s %s %20d %20d\n", action, output, len(body), time.Now().UnixNano())
	if err := write(path, body); err != nil {
		return "", err
	}
	return path, write(cacheFile(c.fresh, action, "a"), []byte(line))
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
