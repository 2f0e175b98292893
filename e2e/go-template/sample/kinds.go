// Package sample has a value of each kind for templates to work on.
package sample

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Name is a string that prints itself otherwise.
type Name string

func (n Name) String() string { return "<" + string(n) + ">" }

// UID is a string that does not.
type UID string

// Level is an integer that prints itself.
type Level int

func (l Level) String() string { return fmt.Sprintf("level %d", int(l)) }

type Inner struct {
	Text   string `json:"text,omitempty"`
	Count  int32  `json:"count"`
	hidden bool
}

func (i Inner) Shout() string { return strings.ToUpper(i.Text) }

func (i *Inner) Double() int32 { return i.Count * 2 }

type Kinds struct {
	Bool        bool
	False       bool
	Int         int
	Zero        int
	Negative    int
	Int8        int8
	Int16       int16
	Int32       int32
	Int64       int64
	Uint        uint
	Uint8       uint8
	Uint16      uint16
	Uint32      uint32
	Uint64      uint64
	Float32     float32
	Float64     float64
	NaN         float64
	Inf         float64
	Complex     complex128
	String      string
	Empty       string
	Bad         string
	Bytes       []byte
	Ints        []int
	Floats      []float64
	Strings     []string
	Anys        []any
	NilSlice    []string
	EmptySlice  []string
	Map         map[string]string
	AnyMap      map[string]any
	IntMap      map[int]string
	BoolMap     map[bool]int
	Lists       map[string][]string
	NilMap      map[string]string
	Inner       Inner
	Pointer     *Inner
	NilPointer  *Inner
	Inners      []Inner
	Pointers    []*Inner
	Any         any
	AnyInner    any
	NilAny      any
	Error       error
	NilError    error
	Name        Name
	UID         UID
	Level       Level
	Time        time.Time
	ZeroTime    time.Time
	TimePointer *time.Time
	Duration    time.Duration
	IntPointer  *int
	Func        func(int) string
	NilFunc     func(int) string
	hidden      string
}

func (k Kinds) Method() string                            { return "method of " + k.String }
func (k *Kinds) PointerMethod() string                    { return "pointer method of " + k.String }
func (k Kinds) Add(a, b int) int                          { return a + b }
func (k Kinds) Join(separator string, p ...string) string { return strings.Join(p, separator) }
func (k Kinds) Fail() (string, error)                     { return "", errors.New("failed as asked") }
func (k Kinds) Panic() string                             { panic("panicked as asked") }
func (k Kinds) Same(value any) any                        { return value }

func New() *Kinds {
	seven := 7
	instant := time.Date(2024, time.May, 13, 8, 11, 12, 345678900, time.UTC)
	inner := Inner{Text: "inner", Count: 3}
	return &Kinds{
		Bool: true, Int: 42, Negative: -7, Int8: -8, Int16: 1600, Int32: -320000, Int64: 1 << 40,
		Uint: 7, Uint8: 200, Uint16: 60000, Uint32: 4000000000, Uint64: math.MaxUint64,
		Float32: 1.1, Float64: 3.14159, NaN: math.NaN(), Inf: math.Inf(-1), Complex: complex(1, -2),
		String: "héllo <wörld> & \"you\"", Bad: "a\xffb\xc3", Bytes: []byte("bytes\x00\xff"),
		Ints: []int{3, 1, 2}, Floats: []float64{0.5, -1e21}, Strings: []string{"b", "a", "", "c"},
		Anys: []any{1, "two", 3.5, nil, true, []any{"x"}}, EmptySlice: []string{},
		Map:     map[string]string{"b": "2", "a": "1", "c.d/e": "3"},
		AnyMap:  map[string]any{"n": nil, "s": "text", "i": 5, "f": 2.5, "m": map[string]any{"k": "v"}, "l": []any{1, 2}},
		IntMap:  map[int]string{10: "ten", -1: "minus", 2: "two"},
		BoolMap: map[bool]int{true: 1, false: 0}, Lists: map[string][]string{"x": {"1", "2"}},
		Inner: inner, Pointer: &Inner{Text: "pointed", Count: 4}, Inners: []Inner{{Text: "one", Count: 1}, {Count: 2}},
		Pointers: []*Inner{{Text: "p"}, nil}, Any: 7, AnyInner: inner, Error: errors.New("boom"),
		Name: "name", UID: "u-1", Level: 3, Time: instant, TimePointer: &instant, Duration: 90*time.Minute + 1500*time.Millisecond,
		IntPointer: &seven, Func: func(n int) string { return strings.Repeat("x", n) }, hidden: "hidden",
	}
}
