package main

import (
	"net/http"
	"sync"
)

// What a client has asked for and was answered.
type requests struct {
	mutex sync.Mutex
	// Begun page by page, or at the head of a watch.
	lists, watches int
}

type roundTrip func(*http.Request) (*http.Response, error)

func (trip roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return trip(request) }

func (requests *requests) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(request *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(request)
		if err != nil || response.StatusCode != http.StatusOK {
			return response, err
		}
		requests.mutex.Lock()
		defer requests.mutex.Unlock()
		query := request.URL.Query()
		isWatch := query.Get("watch") == "true"
		if isWatch {
			requests.watches++
		}
		if query.Get("sendInitialEvents") == "true" || (!isWatch && query.Get("continue") == "") {
			requests.lists++
		}
		return response, nil
	})
}

func (requests *requests) count() (lists, watches int) {
	requests.mutex.Lock()
	defer requests.mutex.Unlock()
	return requests.lists, requests.watches
}
