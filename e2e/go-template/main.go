// Renders templates as the exporters written in Go do: with text/template and sprig. One JSON object a line on standard
// input names a template and its data, one a line on standard output holds the text, in base64, or the error.
//
//	go-template CASES < templates > results
//
// CASES is the file with the data: events as the API server sends them, and what was looked up about their objects.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"tidings.invalid/e2e/go-template/kube"
	"tidings.invalid/e2e/go-template/sample"
)

type task struct {
	Template string `json:"template"`
	Data     string `json:"data"`
}

type result struct {
	Output []byte `json:"output,omitempty"`
	Error  string `json:"error,omitempty"`
}

type cases struct {
	Events map[string]json.RawMessage
	JSON   map[string]any
}

// event is what the exporter makes of an event: the object keeps what the API server said of it in the embedded one.
func event(text []byte) *kube.EnhancedEvent {
	var enhanced kube.EnhancedEvent
	for _, target := range []any{&enhanced, &enhanced.Event} {
		if err := json.Unmarshal(text, target); err != nil {
			log.Fatal(err)
		}
	}
	return &enhanced
}

// data is fresh each time, because templates can change maps.
func data(file []byte, name string) any {
	switch name {
	case "none":
		return nil
	case "kinds":
		return sample.New()
	case "kindsValue":
		return *sample.New()
	}
	var known cases
	if err := json.Unmarshal(file, &known); err != nil {
		log.Fatal(err)
	}
	if text, ok := known.Events[name]; ok {
		return event(text)
	}
	value, ok := known.JSON[name]
	if !ok {
		log.Fatalf("no data called %q", name)
	}
	return value
}

func render(text string, data any) (output result) {
	defer func() {
		if problem := recover(); problem != nil {
			output = result{Error: fmt.Sprint("panic: ", problem)}
		}
	}()
	parsed, err := template.New("template").Funcs(sprig.TxtFuncMap()).Parse(text)
	if err != nil {
		return result{Error: err.Error()}
	}
	var buffer bytes.Buffer
	if err := parsed.Execute(&buffer, data); err != nil {
		return result{Error: err.Error()}
	}
	return result{Output: buffer.Bytes()}
}

func main() {
	file, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	results := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var next task
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			log.Fatal(err)
		}
		if err := results.Encode(render(next.Template, data(file, next.Data))); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}
