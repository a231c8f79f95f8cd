package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

type connectionKey struct{}

// connection is what a request's context knows of the connection it came on.
type connection struct {
	number int
	tcp    *net.TCPConn
	silent *atomic.Bool // nothing is answered on it any more
}

func connectionOf(ctx context.Context) connection {
	c, _ := ctx.Value(connectionKey{}).(connection)
	return c
}

// reset ends the connection with a TCP reset, and every request on it.
func (c connection) reset() {
	if c.tcp != nil {
		_ = c.tcp.SetLinger(0) // what makes close send a reset; should it fail, a close will do
		_ = c.tcp.Close()
	}
}

// hush leaves the client alone with an open connection: as behind a firewall that forgot it, or a
// machine that is gone without a word. It returns when the client gives up.
func (c connection) hush(request *http.Request) {
	c.silent.Store(true)
	_, _ = io.Copy(io.Discard, request.Body) // only then does the server see the client leave
	<-request.Context().Done()
	panic(http.ErrAbortHandler)
}

// befall does to the request what the rule says and hands it to next unless the rule answers it.
func befall(r *rule, w *answer, request *http.Request, next http.Handler) {
	if !wait(request.Context(), time.Duration(r.LatencyMillis)*time.Millisecond) {
		return
	}
	if r.Drop {
		connectionOf(request.Context()).reset()
		panic(http.ErrAbortHandler)
	}
	if r.Silence {
		connectionOf(request.Context()).hush(request)
	}
	if r.CutRequest != nil {
		_, _ = io.CopyN(io.Discard, request.Body, *r.CutRequest) // a shorter body is reset after its end
		connectionOf(request.Context()).reset()
		panic(http.ErrAbortHandler)
	}
	if r.Goaway {
		// Go's server turns this into a GOAWAY frame on HTTP/2, and closes an HTTP/1.1 connection
		// after the answer.
		w.Header().Set("Connection", "close")
	}
	if r.Forward {
		next.ServeHTTP(&unheard{header: http.Header{}}, request)
	}
	if r.Status != 0 {
		refuse(r, w, request)
		return
	}
	if r.ResetAfter != nil {
		w.resetAfter, w.resetStream = *r.ResetAfter, r.ResetStream
	}
	if r.EndAfter != nil {
		serveCut(next, w, request, *r.EndAfter)
		return
	}
	next.ServeHTTP(w, request)
	w.finish()
}

// wait returns false if the client went away first.
func wait(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reasons are Kubernetes' own words for these codes.
var reasons = map[int]string{
	400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound",
	405: "MethodNotAllowed", 409: "Conflict", 410: "Expired", 413: "RequestEntityTooLarge",
	415: "UnsupportedMediaType", 422: "Invalid", 429: "TooManyRequests", 500: "InternalError",
	503: "ServiceUnavailable", 504: "Timeout",
}

// refuse answers with the rule's status and body, by default a Status object as the API server's.
func refuse(r *rule, w http.ResponseWriter, request *http.Request) {
	body := []byte(strings.ReplaceAll(r.Body, "$NAME", path.Base(request.URL.Path)))
	if r.Body == "" {
		body = statusObject(r)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(r.RetryAfter))
	}
	w.WriteHeader(r.Status)
	_, _ = w.Write(body) // fails only if the client is gone, and then nobody wants it
}

func statusObject(r *rule) []byte {
	object := map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{},
		"status": "Failure", "code": r.Status,
		"message": r.Message,
	}
	if r.Message == "" {
		object["message"] = "injected by the test proxy"
	}
	if reason, known := reasons[r.Status]; known {
		object["reason"] = reason
	}
	if r.RetryAfter > 0 {
		object["details"] = map[string]any{"retryAfterSeconds": r.RetryAfter}
	}
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // maps of strings and numbers always encode
	}
	return text
}

// answer is a ResponseWriter that notes what passes, and resets in the middle if told to.
type answer struct {
	http.ResponseWriter
	connection  connection
	resetAfter  int64 // bytes of body, 0: before the status; negative: never
	resetStream bool
	status      int
	written     int64
}

// Unwrap lets the reverse proxy flush, and take over a connection that changes its protocol.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	if a.resetAfter == 0 {
		a.abort()
	}
	if status >= 200 || status == http.StatusSwitchingProtocols {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(data []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.resetAfter >= 0 && a.written+int64(len(data)) > a.resetAfter {
		n, _ := a.ResponseWriter.Write(data[:a.resetAfter-a.written])
		a.written += int64(n)
		a.abort()
	}
	n, err := a.ResponseWriter.Write(data)
	a.written += int64(n)
	return n, err
}

// finish resets after a body that had no more bytes than the rule lets pass.
func (a *answer) finish() {
	if a.resetAfter >= 0 {
		a.abort()
	}
}

func (a *answer) abort() {
	if a.written > 0 {
		_ = http.NewResponseController(a.ResponseWriter).Flush() // the bytes before the reset
	}
	if !a.resetStream {
		a.connection.reset()
	}
	panic(http.ErrAbortHandler)
}

// unheard is a ResponseWriter for an answer that nobody gets.
type unheard struct{ header http.Header }

func (u *unheard) Header() http.Header            { return u.header }
func (u *unheard) WriteHeader(int)                {}
func (u *unheard) Write(data []byte) (int, error) { return len(data), nil }

// serveCut lets `left` bytes of the answer's body pass and ends it in good order.
func serveCut(next http.Handler, w http.ResponseWriter, request *http.Request, left int64) {
	short := &cut{ResponseWriter: w, left: left}
	defer func() {
		// The reverse proxy aborts when it cannot pass on everything; here that was wanted.
		if failure := recover(); failure != nil && short.left > 0 {
			panic(failure)
		}
	}()
	next.ServeHTTP(short, request)
}

// cut is a ResponseWriter that ends the answer in good order after so many bytes of its body.
type cut struct {
	http.ResponseWriter
	left int64
}

func (c *cut) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *cut) WriteHeader(status int) {
	c.Header().Del("Content-Length") // or the client would notice
	c.ResponseWriter.WriteHeader(status)
}

func (c *cut) Write(data []byte) (int, error) {
	n := min(int64(len(data)), c.left)
	c.left -= n
	if written, err := c.ResponseWriter.Write(data[:n]); err != nil {
		return written, err
	}
	if n < int64(len(data)) {
		return int(n), io.ErrShortWrite // what forwards the answer stops here
	}
	return int(n), nil
}
