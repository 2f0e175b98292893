// Command client-go follows the events of a server in the ways in which controllers do, and tells what it has come to
// have: the address that it prints answers with JSON, one member a way. Behind /list?fieldSelector= it lists anew.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// As controllers of Kubernetes ask: https://pkg.go.dev/k8s.io/client-go/rest#ContentConfig
var protobufFirst = rest.ContentConfig{
	ContentType:        "application/vnd.kubernetes.protobuf",
	AcceptContentTypes: "application/vnd.kubernetes.protobuf,application/json",
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: client-go KUBECONFIG")
	}
	serve([]way{
		newWay("client-go, informer", rest.ContentConfig{}, informCore, listCore),
		newWay("client-go, informer of events.k8s.io", protobufFirst, informEvents, listEvents),
		newWay("client-go, reflector by pages", protobufFirst, reflect, listCore),
	})
}

// One way of following.
type way struct {
	name string
	// What it has come to have.
	state func() State
	// What there is to list now.
	list func(fieldSelector string) (Digest, error)
}

func newWay(name string, content rest.ContentConfig, follow follow, list list) way {
	// A client of its own, so that its requests are counted apart.
	requests := &requests{}
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	config.ContentType, config.AcceptContentTypes = content.ContentType, content.AcceptContentTypes
	config.Wrap(requests.wrap)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		log.Fatal(err)
	}
	digests := follow(context.Background(), client)
	return way{
		name: name,
		state: func() State {
			stored, told := digests()
			lists, watches := requests.count()
			return State{Stored: stored, Told: told, Lists: lists, Watches: watches}
		},
		list: func(fieldSelector string) (Digest, error) {
			return listDigest(context.Background(), client, list, fieldSelector)
		},
	}
}

func serve(ways []way) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		answer := map[string]any{}
		for _, way := range ways {
			if request.URL.Path != "/list" {
				answer[way.name] = way.state()
				continue
			}
			listed, err := way.list(request.URL.Query().Get("fieldSelector"))
			if err != nil {
				http.Error(response, err.Error(), http.StatusInternalServerError)
				return
			}
			answer[way.name] = listed
		}
		if err := json.NewEncoder(response).Encode(answer); err != nil {
			log.Print(err)
		}
	})))
}
