package llmbench

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Values cross the pipe as JSON with tags; sandbox/codec.py says how. What is
// read becomes one of: nil, bool, int64, float64, string, []byte, list, dict, or
// foreign where Go has nothing of the kind.

type list []any

// foreign says what a value is that has no counterpart here.
type foreign string

type pair struct{ key, value any }

type dict []pair

const (
	maxFrame    = 16 << 20 // bytes of a frame
	maxPlainInt = 1<<53 - 1
)

var errNotAValue = errors.New("not a value")

// readFrame gives the next frame's text; io.EOF where the stream ends between two.
func readFrame(from io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return nil, err
	}
	size := uint32(head[0])<<24 | uint32(head[1])<<16 | uint32(head[2])<<8 | uint32(head[3])
	if size > maxFrame {
		return nil, fmt.Errorf("a frame of %d bytes", size)
	}
	text := make([]byte, size)
	_, err := io.ReadFull(from, text)
	return text, err
}

// writeFrame writes a text with its length before it, in one piece.
func writeFrame(to io.Writer, text []byte) error {
	size := len(text)
	framed := append([]byte{byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)}, text...)
	_, err := to.Write(framed)
	return err
}

// decode reads a value.
func decode(text []byte) (any, error) {
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	var raw any
	if err := reader.Decode(&raw); err != nil {
		return nil, err
	}
	return fromJSON(raw)
}

func fromJSON(raw any) (any, error) {
	switch raw := raw.(type) {
	case nil, bool, string:
		return raw, nil
	case json.Number:
		return number(raw.String())
	case []any:
		return listOf(raw)
	case map[string]any:
		tag, isText := raw["$"].(string)
		if !isText || len(raw) != 2 {
			return nil, errNotAValue
		}
		return tagged(tag, raw["v"])
	}
	return nil, errNotAValue
}

func number(text string) (any, error) {
	if strings.ContainsAny(text, ".eE") {
		return strconv.ParseFloat(text, 64)
	}
	return strconv.ParseInt(text, 10, 64)
}

func tagged(tag string, payload any) (any, error) {
	text, _ := payload.(string)
	items, _ := payload.([]any)
	switch tag {
	case "int":
		whole, err := strconv.ParseInt(text, 0, 64)
		if err != nil {
			return foreign("whole number of more than 64 bits"), nil
		}
		return whole, nil
	case "float":
		return strconv.ParseFloat(text, 64)
	case "bytes":
		return base64.StdEncoding.DecodeString(text)
	case "tuple", "set", "frozenset":
		return listOf(items)
	case "dict":
		return dictOf(items)
	}
	return foreign("value of the kind " + tag), nil
}

func listOf(raw []any) (list, error) {
	items := make(list, len(raw))
	for i, item := range raw {
		value, err := fromJSON(item)
		if err != nil {
			return nil, err
		}
		items[i] = value
	}
	return items, nil
}

func dictOf(raw []any) (dict, error) {
	pairs := make(dict, len(raw))
	for i, item := range raw {
		both, _ := item.([]any)
		if len(both) != 2 {
			return nil, errNotAValue
		}
		key, err := fromJSON(both[0])
		if err != nil {
			return nil, err
		}
		value, err := fromJSON(both[1])
		if err != nil {
			return nil, err
		}
		pairs[i] = pair{key, value}
	}
	return pairs, nil
}

func writeText(to *bytes.Buffer, text string) {
	to.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			to.WriteByte('\\')
			to.WriteRune(r)
		case r < 0x20:
			fmt.Fprintf(to, `\u%04x`, r)
		default:
			to.WriteRune(r)
		}
	}
	to.WriteByte('"')
}

func writeTagged(to *bytes.Buffer, tag, payload string) {
	to.WriteString(`{"$":"` + tag + `","v":`)
	writeText(to, payload)
	to.WriteByte('}')
}

func writeInt(to *bytes.Buffer, value int64) {
	switch {
	case value > maxPlainInt:
		writeTagged(to, "int", "0x"+strconv.FormatInt(value, 16))
	case value < -maxPlainInt:
		writeTagged(to, "int", "-0x"+strconv.FormatUint(-uint64(value), 16))
	default:
		to.WriteString(strconv.FormatInt(value, 10))
	}
}

func writeUint(to *bytes.Buffer, value uint64) {
	if value > maxPlainInt {
		writeTagged(to, "int", "0x"+strconv.FormatUint(value, 16))
		return
	}
	to.WriteString(strconv.FormatUint(value, 10))
}

func writeFloat(to *bytes.Buffer, value float64) {
	switch {
	case math.IsNaN(value):
		writeTagged(to, "float", "nan")
	case math.IsInf(value, 1):
		writeTagged(to, "float", "inf")
	case math.IsInf(value, -1):
		writeTagged(to, "float", "-inf")
	case value == 0 && math.Signbit(value):
		writeTagged(to, "float", "-0.0")
	default:
		text := strconv.FormatFloat(value, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		to.WriteString(text)
	}
}
