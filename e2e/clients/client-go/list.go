package main

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/pager"
)

const pageSize = 500

// One page.
type list func(context.Context, kubernetes.Interface, metav1.ListOptions) (runtime.Object, error)

func listCore(ctx context.Context, client kubernetes.Interface, options metav1.ListOptions) (runtime.Object, error) {
	return client.CoreV1().Events(metav1.NamespaceAll).List(ctx, options)
}

func listEvents(ctx context.Context, client kubernetes.Interface, options metav1.ListOptions) (runtime.Object, error) {
	return client.EventsV1().Events(metav1.NamespaceAll).List(ctx, options)
}

func listDigest(ctx context.Context, client kubernetes.Interface, list list, fieldSelector string) (Digest, error) {
	pages := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return list(ctx, client, options)
	})
	pages.PageSize = pageSize
	var events []any
	err := pages.EachListItem(ctx, metav1.ListOptions{FieldSelector: fieldSelector}, func(event runtime.Object) error {
		accessor, err := meta.Accessor(event)
		events = append(events, accessor)
		return err
	})
	return digestOf(events), err
}
