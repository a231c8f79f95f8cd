package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// gate is the proxy as the client sees it: an address that serves, or refuses connections.
// Safe for concurrent use.
type gate struct {
	rules  ruleBook
	record *record
	next   http.Handler
	tls    *tls.Config

	mutex       sync.Mutex
	address     string       // empty until it first opened
	server      *http.Server // nil: connections are refused
	connections int
}

func newGate(config *tls.Config, next http.Handler) *gate {
	return &gate{record: newRecord(), next: next, tls: config}
}

// open begins to serve, at the address of the last time if there was one.
func (g *gate) open() error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.server != nil {
		return nil
	}
	listener, err := listen(g.address)
	if err != nil {
		return err
	}
	g.address = listener.Addr().String()
	server := &http.Server{
		Handler:     http.HandlerFunc(g.serve),
		TLSConfig:   g.tls.Clone(),
		ConnContext: g.connected,
		ConnState:   g.changed,
		ErrorLog:    log.New(io.Discard, "", 0), // handshakes that fail are the clients' to report
	}
	g.server = server
	go server.ServeTLS(listener, "", "")
	return nil
}

// listen picks a loopback port where address is empty: one below those that Linux gives to outgoing
// connections, so that none of them takes it while the gate is closed.
func listen(address string) (listener net.Listener, err error) {
	if address != "" {
		return net.Listen("tcp", address)
	}
	for range 100 {
		address = fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000))
		if listener, err = net.Listen("tcp", address); err == nil {
			break
		}
	}
	return listener, err
}

// close ends all connections and lets the system refuse new ones.
func (g *gate) close() error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.server == nil {
		return nil
	}
	err := g.server.Close()
	g.server = nil
	return err
}

// reset forgets rules, counts and log, and serves again.
func (g *gate) reset() error {
	g.rules.clear()
	g.record.reset()
	return g.open()
}

func (g *gate) connected(ctx context.Context, c net.Conn) context.Context {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.connections++
	known := connection{number: g.connections, silent: new(atomic.Bool)}
	if secure, ok := c.(*tls.Conn); ok {
		known.tcp, _ = secure.NetConn().(*net.TCPConn)
	}
	return context.WithValue(ctx, connectionKey{}, known)
}

func (g *gate) changed(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		g.record.connected(+1)
	case http.StateClosed, http.StateHijacked:
		g.record.connected(-1)
	}
}

func (g *gate) serve(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	g.record.arrived(r)
	body := &countingReader{ReadCloser: r.Body}
	r.Body = body
	known := connectionOf(r.Context())
	result := &answer{ResponseWriter: w, connection: known, resetAfter: -1}
	befallen := g.rules.take(r)

	defer func() {
		e := entry{
			Connection: known.number, Protocol: r.Proto,
			Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
			ContentType: r.Header.Get("Content-Type"), UserAgent: r.UserAgent(),
			User: clientName(r.TLS), Status: result.status,
			RequestBytes: body.count.Load(), ResponseBytes: result.written,
		}
		if befallen != nil {
			e.Rule = befallen.ID
		}
		g.record.ended(e, start)
	}()

	if known.silent.Load() {
		known.hush(r)
	}
	if befallen == nil {
		g.next.ServeHTTP(result, r)
		return
	}
	befall(befallen, result, r, g.next)
}
