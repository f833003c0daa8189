package llmbench

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strings"
	"unicode/utf8"
)

const maxDepth = 500 // levels of a value

var (
	errTooLarge = errors.New("the value is larger than the judge takes")
	errorType   = reflect.TypeFor[error]()
	bytesType   = reflect.TypeFor[[]byte]()
)

// assign makes a value of a type out of what was read from the pipe.
func assign(given any, wanted reflect.Type) (reflect.Value, error) {
	made := reflect.New(wanted).Elem()
	if err := fill(made, given); err != nil {
		return reflect.Value{}, err
	}
	return made, nil
}

func fill(into reflect.Value, given any) error {
	switch into.Kind() {
	case reflect.Interface:
		return fillInterface(into, given)
	case reflect.Pointer:
		if given == nil {
			return nil
		}
		into.Set(reflect.New(into.Type().Elem()))
		return fill(into.Elem(), given)
	case reflect.Slice, reflect.Array:
		return fillItems(into, given)
	case reflect.Map:
		return fillMap(into, given)
	case reflect.Struct:
		return fillStruct(into, given)
	}
	return fillScalar(into, given)
}

func unfit(into reflect.Value, given any) error {
	return fmt.Errorf("a %s cannot become a %s", kindName(given), into.Type())
}

func kindName(given any) string {
	switch given := given.(type) {
	case foreign:
		return string(given)
	case nil:
		return "null"
	case int64:
		return "whole number"
	case float64:
		return "float"
	case list:
		return "list"
	case dict:
		return "dict"
	}
	return fmt.Sprintf("%T", given)
}

func fillScalar(into reflect.Value, given any) error {
	switch given := given.(type) {
	case bool:
		if into.Kind() == reflect.Bool {
			into.SetBool(given)
			return nil
		}
	case string:
		if into.Kind() == reflect.String {
			into.SetString(given)
			return nil
		}
	case float64:
		if into.CanFloat() {
			into.SetFloat(given)
			return nil
		}
	case int64:
		switch {
		case into.CanInt() && !into.OverflowInt(given):
			into.SetInt(given)
			return nil
		case into.CanUint() && given >= 0 && !into.OverflowUint(uint64(given)):
			into.SetUint(uint64(given))
			return nil
		case into.CanFloat() && math.Abs(float64(given)) <= maxPlainInt:
			into.SetFloat(float64(given))
			return nil
		}
	}
	return unfit(into, given)
}

func fillItems(into reflect.Value, given any) error {
	if raw, ok := given.([]byte); ok && into.Type() == bytesType {
		into.SetBytes(raw)
		return nil
	}
	if given == nil && into.Kind() == reflect.Slice {
		return nil
	}
	items, ok := given.(list)
	if !ok || (into.Kind() == reflect.Array && into.Len() != len(items)) {
		return unfit(into, given)
	}
	if into.Kind() == reflect.Slice {
		into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
	}
	for i, item := range items {
		if err := fill(into.Index(i), item); err != nil {
			return err
		}
	}
	return nil
}

func fillMap(into reflect.Value, given any) error {
	if given == nil {
		return nil
	}
	pairs, ok := given.(dict)
	if !ok {
		return unfit(into, given)
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(pairs)))
	for _, both := range pairs {
		key, err := assign(both.key, into.Type().Key())
		if err != nil {
			return err
		}
		value, err := assign(both.value, into.Type().Elem())
		if err != nil {
			return err
		}
		into.SetMapIndex(key, value)
	}
	return nil
}

// fillStruct sets exported fields by the names that their JSON has.
func fillStruct(into reflect.Value, given any) error {
	pairs, ok := given.(dict)
	if !ok {
		return unfit(into, given)
	}
	fields := fieldsByName(into.Type())
	for _, both := range pairs {
		name, _ := both.key.(string)
		index, known := fields[name]
		if !known {
			return fmt.Errorf("%s has no field %q", into.Type(), name)
		}
		if err := fill(into.Field(index), both.value); err != nil {
			return err
		}
	}
	return nil
}

func fieldsByName(structure reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range structure.NumField() {
		if field := structure.Field(i); field.IsExported() {
			fields[fieldName(field)] = i
		}
	}
	return fields
}

func fieldName(field reflect.StructField) string {
	if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
		return name
	}
	return field.Name
}

// fillInterface gives a value the types that it would have in plain Go.
func fillInterface(into reflect.Value, given any) error {
	if given == nil {
		return nil
	}
	plain, err := natural(given)
	if err != nil {
		return err
	}
	value := reflect.ValueOf(plain)
	if !value.Type().AssignableTo(into.Type()) {
		return unfit(into, given)
	}
	into.Set(value)
	return nil
}

func natural(given any) (any, error) {
	switch given := given.(type) {
	case foreign:
		return nil, fmt.Errorf("a %s has no counterpart in Go", string(given))
	case int64:
		return int(given), nil
	case list:
		items := make([]any, len(given))
		for i, item := range given {
			value, err := natural(item)
			if err != nil {
				return nil, err
			}
			items[i] = value
		}
		return items, nil
	case dict:
		return naturalMap(given)
	}
	return given, nil
}

// naturalMap gives a map of texts where all keys are texts, and else one of any.
func naturalMap(pairs dict) (any, error) {
	texts, others := map[string]any{}, map[any]any{}
	for _, both := range pairs {
		key, err := natural(both.key)
		if err != nil {
			return nil, err
		}
		value, err := natural(both.value)
		if err != nil {
			return nil, err
		}
		if text, ok := key.(string); ok {
			texts[text] = value
		}
		if key != nil && !reflect.TypeOf(key).Comparable() {
			return nil, fmt.Errorf("a %s cannot be the key of a map", kindName(both.key))
		}
		others[key] = value
	}
	if len(texts) == len(pairs) {
		return texts, nil
	}
	return others, nil
}

// encode writes a value of the answer; what cannot cross becomes its type's name.
func encode(to *bytes.Buffer, value reflect.Value, depth int) error {
	if to.Len() > maxFrame {
		return errTooLarge
	}
	if !value.IsValid() {
		to.WriteString("null")
		return nil
	}
	if depth > maxDepth {
		writeTagged(to, "opaque", value.Type().String())
		return nil
	}
	switch value.Kind() {
	case reflect.Interface, reflect.Pointer:
		return encodePointer(to, value, depth)
	case reflect.Slice, reflect.Array:
		return encodeItems(to, value, depth)
	case reflect.Map:
		return encodeMap(to, value, depth)
	case reflect.Struct:
		return encodeStruct(to, value, depth)
	}
	encodeScalar(to, value)
	return nil
}

func encodeScalar(to *bytes.Buffer, value reflect.Value) {
	switch {
	case value.Kind() == reflect.Bool:
		fmt.Fprint(to, value.Bool())
	case value.CanInt():
		writeInt(to, value.Int())
	case value.CanUint():
		writeUint(to, value.Uint())
	case value.CanFloat():
		writeFloat(to, value.Float())
	case value.Kind() == reflect.String && utf8.ValidString(value.String()):
		writeText(to, value.String())
	default:
		writeTagged(to, "opaque", value.Type().String())
	}
}

func encodePointer(to *bytes.Buffer, value reflect.Value, depth int) error {
	if value.IsNil() {
		to.WriteString("null")
		return nil
	}
	if value.Type().Implements(errorType) && value.CanInterface() {
		writeError(to, value.Interface().(error))
		return nil
	}
	return encode(to, value.Elem(), depth+1)
}

func writeError(to *bytes.Buffer, err error) {
	to.WriteString(`{"$":"error","v":[`)
	writeText(to, fmt.Sprintf("%T", err))
	to.WriteByte(',')
	writeText(to, err.Error())
	to.WriteString("]}")
}

func encodeItems(to *bytes.Buffer, value reflect.Value, depth int) error {
	if value.Type().Elem().Kind() == reflect.Uint8 && value.Kind() == reflect.Slice {
		writeTagged(to, "bytes", base64.StdEncoding.EncodeToString(value.Bytes()))
		return nil
	}
	to.WriteByte('[')
	for i := range value.Len() {
		if i > 0 {
			to.WriteByte(',')
		}
		if err := encode(to, value.Index(i), depth+1); err != nil {
			return err
		}
	}
	to.WriteByte(']')
	return nil
}

// encodeMap writes a map's pairs in the order of their texts: a map has none of its own.
func encodeMap(to *bytes.Buffer, value reflect.Value, depth int) error {
	var texts []string
	for each := value.MapRange(); each.Next(); {
		var text bytes.Buffer
		text.WriteByte('[')
		if err := encode(&text, each.Key(), depth+1); err != nil {
			return err
		}
		text.WriteByte(',')
		if err := encode(&text, each.Value(), depth+1); err != nil {
			return err
		}
		text.WriteByte(']')
		texts = append(texts, text.String())
	}
	sort.Strings(texts)
	to.WriteString(`{"$":"dict","v":[` + strings.Join(texts, ",") + "]}")
	return nil
}

// encodeStruct writes exported fields as a dict; a struct that hides all of them is opaque.
func encodeStruct(to *bytes.Buffer, value reflect.Value, depth int) error {
	if value.CanInterface() {
		if err, ok := value.Interface().(error); ok {
			writeError(to, err)
			return nil
		}
	}
	first := true
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		if first {
			to.WriteString(`{"$":"dict","v":[[`)
		} else {
			to.WriteString(",[")
		}
		first = false
		writeText(to, fieldName(field))
		to.WriteByte(',')
		if err := encode(to, value.Field(i), depth+1); err != nil {
			return err
		}
		to.WriteByte(']')
	}
	if first {
		writeTagged(to, "opaque", value.Type().String())
	} else {
		to.WriteString("]}")
	}
	return nil
}
