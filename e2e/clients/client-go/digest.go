package main

import (
	"crypto/sha256"
	"encoding/hex"
	"log"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
)

// Digest tells two sets of events apart: by namespace/name and resourceVersion.
type Digest struct {
	Count  int    `json:"count"`
	Sha256 string `json:"sha256"`
}

func digestOf(objects []any) Digest {
	lines := make([]string, len(objects))
	for index, object := range objects {
		event, err := meta.Accessor(object)
		if err != nil {
			log.Fatal(err)
		}
		lines[index] = event.GetNamespace() + "/" + event.GetName() + " " + event.GetResourceVersion()
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return Digest{Count: len(lines), Sha256: hex.EncodeToString(sum[:])}
}
