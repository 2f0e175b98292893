package main

import (
	"context"
	"log"
	"maps"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// State is what a way of following has come to have.
type State struct {
	Stored Digest `json:"stored"`
	// What is left of what its handlers were told; a reflector has none, only its store.
	Told    Digest `json:"told"`
	Lists   int    `json:"lists"`
	Watches int    `json:"watches"`
}

// Begins to follow, and gives what tells how far it is.
type follow func(context.Context, kubernetes.Interface) func() (stored, told Digest)

// Informers have the state streamed at the head of their watch.
func informCore(ctx context.Context, client kubernetes.Interface) func() (stored, told Digest) {
	return inform(ctx, informers.NewSharedInformerFactory(client, 0).Core().V1().Events().Informer())
}

func informEvents(ctx context.Context, client kubernetes.Interface) func() (stored, told Digest) {
	return inform(ctx, informers.NewSharedInformerFactory(client, 0).Events().V1().Events().Informer())
}

func inform(ctx context.Context, informer cache.SharedIndexInformer) func() (stored, told Digest) {
	handled := newMirror()
	if _, err := informer.AddEventHandler(handled); err != nil {
		log.Fatal(err)
	}
	go informer.RunWithContext(ctx)
	return func() (Digest, Digest) { return digestOf(informer.GetStore().List()), handled.digest() }
}

// A reflector that has never heard of streamed lists, and pages through them.
func reflect(ctx context.Context, client kubernetes.Interface) func() (stored, told Digest) {
	source := &pagedSource{cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return listCore(ctx, client, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return client.CoreV1().Events(metav1.NamespaceAll).Watch(ctx, options)
		},
	}}
	store := cache.NewStore(cache.MetaNamespaceKeyFunc)
	reflector := cache.NewReflector(source, &corev1.Event{}, store, 0)
	reflector.WatchListPageSize = pageSize
	go reflector.RunWithContext(ctx)
	return func() (Digest, Digest) {
		stored := digestOf(store.List())
		return stored, stored
	}
}

type pagedSource struct{ cache.ListWatch }

// https://pkg.go.dev/k8s.io/client-go/util/watchlist#DoesClientNotSupportWatchListSemantics
func (*pagedSource) IsWatchListSemanticsUnSupported() bool { return true }

// What somebody has who knows only what handlers are told.
type mirror struct {
	mutex   sync.Mutex
	objects map[string]any
}

func newMirror() *mirror { return &mirror{objects: map[string]any{}} }

func (mirror *mirror) OnAdd(object any, _ bool) { mirror.set(object, object) }

func (mirror *mirror) OnUpdate(_, object any) { mirror.set(object, object) }

func (mirror *mirror) OnDelete(object any) { mirror.set(object, nil) }

func (mirror *mirror) set(object, value any) {
	key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object)
	if err != nil {
		log.Fatal(err)
	}
	mirror.mutex.Lock()
	defer mirror.mutex.Unlock()
	if value == nil {
		delete(mirror.objects, key)
	} else {
		mirror.objects[key] = value
	}
}

func (mirror *mirror) digest() Digest {
	mirror.mutex.Lock()
	defer mirror.mutex.Unlock()
	return digestOf(slices.Collect(maps.Values(mirror.objects)))
}
