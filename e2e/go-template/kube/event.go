// Package kube has the event that kubernetes-event-exporter hands to templates: the event of the API server, with the
// name of its cluster and what was looked up about the object it is about.
package kube

import (
	"encoding/json"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type EnhancedEvent struct {
	corev1.Event   `json:",inline"`
	ClusterName    string                  `json:"clusterName"`
	InvolvedObject EnhancedObjectReference `json:"involvedObject"`
}

type EnhancedObjectReference struct {
	corev1.ObjectReference `json:",inline"`
	Labels                 map[string]string       `json:"labels,omitempty"`
	Annotations            map[string]string       `json:"annotations,omitempty"`
	OwnerReferences        []metav1.OwnerReference `json:"ownerReferences,omitempty"`
	Deleted                bool                    `json:"deleted"`
}

// DeDot is the event with underscores for the dots in the keys of labels and annotations.
func (e EnhancedEvent) DeDot() EnhancedEvent {
	e.Labels = dedotted(e.Labels)
	e.Annotations = dedotted(e.Annotations)
	e.InvolvedObject.Labels = dedotted(e.InvolvedObject.Labels)
	e.InvolvedObject.Annotations = dedotted(e.InvolvedObject.Annotations)
	return e
}

func dedotted(entries map[string]string) map[string]string {
	if len(entries) == 0 {
		return entries
	}
	renamed := make(map[string]string, len(entries))
	for key, value := range entries {
		renamed[strings.ReplaceAll(key, ".", "_")] = value
	}
	return renamed
}

func (e *EnhancedEvent) ToJSON() []byte {
	text, _ := json.Marshal(e)
	return text
}

func (e *EnhancedEvent) timestamp() time.Time {
	if e.FirstTimestamp.IsZero() {
		return e.EventTime.Time
	}
	return e.FirstTimestamp.Time
}

func (e *EnhancedEvent) GetTimestampMs() int64 {
	return e.timestamp().UnixNano() / int64(time.Millisecond)
}

// GetTimestampISO8601 claims UTC for what is local time.
func (e *EnhancedEvent) GetTimestampISO8601() string {
	return e.timestamp().Format("2006-01-02T15:04:05.000Z")
}
