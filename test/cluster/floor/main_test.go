package main

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// startServer speaks HTTP/2 and counts the connections that it gets.
func startServer(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *http.Client, *atomic.Int32) {
	t.Helper()
	connections := new(atomic.Int32)
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, clientWith(&tls.Config{InsecureSkipVerify: true}), connections
}

func many(count int) []request {
	requests := make([]request, count)
	for i := range requests {
		requests[i] = request{Method: "PATCH", Path: "/x", ContentType: "text/plain", Body: []byte(`{"a":1}`)}
	}
	return requests
}

func TestSendsSoManyAtATimeOverOneConnection(t *testing.T) {
	var now, most, total atomic.Int32
	server, client, connections := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		total.Add(1)
		body, _ := io.ReadAll(r.Body)
		if r.Method != "PATCH" || r.ProtoMajor != 2 || string(body) != `{"a":1}` {
			w.WriteHeader(http.StatusBadRequest)
		}
		time.Sleep(5 * time.Millisecond)
	})
	if err := sendAll(client, server.URL, many(50), 8); err != nil {
		t.Fatal(err)
	}
	if total.Load() != 50 || most.Load() > 8 || most.Load() < 2 || connections.Load() != 1 {
		t.Fatalf("%d requests, %d at once, %d connections", total.Load(), most.Load(), connections.Load())
	}
}

func TestAStatusThatIsNoSuccessIsAnError(t *testing.T) {
	server, client, _ := startServer(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no such thing", http.StatusNotFound)
	})
	err := sendAll(client, server.URL, many(3), 2)
	if err == nil || !strings.Contains(err.Error(), "404 Not Found: no such thing") {
		t.Fatal(err)
	}
}

func TestReadsRequestsLineByLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "requests")
	text := `{"method":"PATCH","path":"/a","content_type":"c","body":{"b":[1]}}` + "\n" + `{"method":"DELETE","path":"/d"}` + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	requests, err := readRequests(file)
	if err != nil || len(requests) != 2 || string(requests[0].Body) != `{"b":[1]}` || requests[1].Method != "DELETE" {
		t.Fatal(requests, err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readRequests(file); err == nil {
		t.Fatal("half a line was taken")
	}
}
