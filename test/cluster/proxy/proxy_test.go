package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kfctl.dev/test/cluster/pki"
)

// world is an API server that only echoes, the proxy before it, and the proxy's control.
type world struct {
	t       *testing.T
	pki     string
	roots   *x509.CertPool
	gate    *gate
	control *httptest.Server
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, pki: t.TempDir(), roots: x509.NewCertPool()}
	w.must(pki.Write(w.pki))
	authority, err := os.ReadFile(filepath.Join(w.pki, "ca.crt"))
	w.must(err)
	w.roots.AppendCertsFromPEM(authority)

	backend := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	certificate, err := readPair(w.pki, "apiserver")
	w.must(err)
	backend.TLS = &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequestClientCert,
	}
	backend.EnableHTTP2 = true
	backend.StartTLS()
	t.Cleanup(backend.Close)

	target, err := url.Parse(backend.URL)
	w.must(err)
	w.gate, err = newGateFromFiles(target, w.pki)
	w.must(err)
	w.must(w.gate.open())
	t.Cleanup(func() { w.gate.close() })
	w.control = httptest.NewServer(newControl(w.gate))
	t.Cleanup(w.control.Close)
	return w
}

// echo answers who the API server would take the client for, and the body.
func echo(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("watch") {
		fmt.Fprintln(w, "first event")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return
	}
	user := ""
	if clientName(r.TLS) == "front-proxy" {
		user = r.Header.Get(remoteUser) + " of " + strings.Join(r.Header[remoteGroup], ",")
	}
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "user=%s token=%s body=%s", user, r.Header.Get("Authorization"), body)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// client is one with connections of its own; with a certificate if user names one.
func (w *world) client(user string, http2 bool) *http.Client {
	config := &tls.Config{RootCAs: w.roots}
	if user != "" {
		certificate, err := readPair(w.pki, user)
		w.must(err)
		config.Certificates = []tls.Certificate{certificate}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: http2}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func (w *world) url(path string) string { return "https://" + w.gate.address + path }

func (w *world) get(client *http.Client, path string) (*http.Response, string, error) {
	response, err := client.Get(w.url(path))
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

func (w *world) rule(text string) {
	w.t.Helper()
	w.post("/rules", text)
}

func (w *world) post(path, body string) {
	w.t.Helper()
	response, err := http.Post(w.control.URL+path, "application/json", strings.NewReader(body))
	w.must(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		w.t.Fatalf("POST %s %s: %s", path, body, text)
	}
}

func (w *world) ask(path string) string {
	response, err := http.Get(w.control.URL + path)
	w.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	w.must(err)
	return strings.TrimSpace(string(body))
}

func (w *world) wantStatus(client *http.Client, path string, want int) *http.Response {
	w.t.Helper()
	response, _, err := w.get(client, path)
	w.must(err)
	if response.StatusCode != want {
		w.t.Fatalf("GET %s: %d, want %d", path, response.StatusCode, want)
	}
	return response
}

// entries waits for the log to hold `count` requests: an entry follows its answer's last byte.
func (w *world) entries(count int) []entry {
	w.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		all := w.gate.record.log()
		if len(all) == count {
			return all
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("the log holds %d requests, want %d", len(all), count)
		}
	}
}

func TestUserOfACertificateReachesTheServer(t *testing.T) {
	w := newWorld(t)
	_, body, err := w.get(w.client("admin", true), "/api")
	w.must(err)
	if want := "user=kfctl-admin of system:masters token= body="; body != want {
		t.Errorf("got %q, want %q", body, want)
	}
}

func TestTokenPassesAndNamesNobody(t *testing.T) {
	w := newWorld(t)
	request, err := http.NewRequest(http.MethodPost, w.url("/api"), strings.NewReader("text"))
	w.must(err)
	request.Header.Set("Authorization", "Bearer abc")
	request.Header.Set("X-Remote-User", "root") // a client cannot name itself
	response, err := w.client("", true).Do(request)
	w.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	w.must(err)
	if want := "user= token=Bearer abc body=text"; string(body) != want {
		t.Errorf("got %q, want %q", body, want)
	}
	if e := w.entries(1)[0]; e.RequestBytes != 4 || e.ResponseBytes != int64(len(body)) {
		t.Errorf("counted %d bytes in, %d out", e.RequestBytes, e.ResponseBytes)
	}
}

func TestClaimedUserIsRemovedBesideACertificate(t *testing.T) {
	header := http.Header{"X-Remote-User": {"root"}, "X-Remote-Extra-A": {"b"}, "Accept": {"*/*"}}
	setRemoteUser(header, nil)
	if len(header) != 1 {
		t.Errorf("left %v", header)
	}
}

func TestBothProtocolsAreServed(t *testing.T) {
	w := newWorld(t)
	for _, want := range []int{1, 2} {
		response := w.wantStatus(w.client("admin", want == 2), "/api", http.StatusOK)
		if response.ProtoMajor != want {
			t.Errorf("got HTTP/%d, want HTTP/%d", response.ProtoMajor, want)
		}
	}
}

func TestWatchEventsArriveAtOnce(t *testing.T) {
	w := newWorld(t)
	response, err := w.client("admin", true).Get(w.url("/api?watch=true"))
	w.must(err)
	defer response.Body.Close()
	line, err := bufio.NewReader(response.Body).ReadString('\n')
	w.must(err)
	if line != "first event\n" {
		t.Errorf("got %q", line)
	}
}

func TestCountsTellKindsOfQueriesApart(t *testing.T) {
	w := newWorld(t)
	client := w.client("admin", true)
	for _, path := range []string{
		"/a?resourceVersion=1&limit=500", "/a?limit=500&resourceVersion=2", "/a?limit=5", "/b",
	} {
		w.wantStatus(client, path, http.StatusOK)
	}
	var got []tally
	w.must(json.Unmarshal([]byte(w.ask("/counts")), &got))
	want := []tally{
		{"GET", "/a", "limit=5", 1}, {"GET", "/a", "limit=500&resourceVersion=*", 2}, {"GET", "/b", "", 1},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := w.ask("/count?method=GET&path=^/a$"); got != "3" {
		t.Errorf("counted %s", got)
	}
	if got := w.ask("/count?method=G&path="); got != "0" {
		t.Errorf("a method must match in full, counted %s", got)
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	w := newWorld(t)
	client := w.client("admin", false)
	w.wantStatus(client, "/a", http.StatusOK)
	w.wantStatus(client, "/a", http.StatusOK)
	w.wantStatus(w.client("admin", false), "/a", http.StatusOK)
	if got := w.gate.record.totals(); got.Connections != 2 || got.Requests != 3 {
		t.Errorf("got %+v", got)
	}
	// A request is entered when its handler ends, which two connections may do in either order.
	requests := map[int]int{}
	for _, one := range w.entries(3) {
		requests[one.Connection]++
	}
	if len(requests) != 2 {
		t.Errorf("requests by connection: %v", requests)
	}
}

func TestStatusIsInjectedForTheNextMatchingRequests(t *testing.T) {
	w := newWorld(t)
	w.rule(`{"method":"GET", "path":"^/a", "skip":1, "times":2, "status":429, "retry_after":3}`)
	client := w.client("admin", true)
	w.wantStatus(client, "/b", http.StatusOK) // another path
	w.wantStatus(client, "/a", http.StatusOK) // skipped
	response := w.wantStatus(client, "/a", http.StatusTooManyRequests)
	if got := response.Header.Get("Retry-After"); got != "3" {
		t.Errorf("Retry-After: %q", got)
	}
	_, body, err := w.get(client, "/a")
	w.must(err)
	var status struct {
		Kind, Reason string
		Code         int
		Details      struct{ RetryAfterSeconds int }
	}
	w.must(json.Unmarshal([]byte(body), &status))
	if got, want := fmt.Sprint(status), "{Status TooManyRequests 429 {3}}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.wantStatus(client, "/a", http.StatusOK) // used up
	if all := w.entries(5); all[2].Rule != 1 || all[2].Status != 429 || all[4].Rule != 0 {
		t.Errorf("log: %+v", all)
	}
}

func TestUsedUpRuleLeavesRequestsToTheNext(t *testing.T) {
	w := newWorld(t)
	w.rule(`{"times":1, "status":503}`)
	w.rule(`{"times":1, "status":409, "message":"the object has been modified"}`)
	client := w.client("admin", true)
	w.wantStatus(client, "/a", http.StatusServiceUnavailable)
	_, body, err := w.get(client, "/a")
	w.must(err)
	if !strings.Contains(body, `"reason":"Conflict"`) || !strings.Contains(body, "modified") {
		t.Errorf("got %s", body)
	}
	w.wantStatus(client, "/a", http.StatusOK)
}

func TestTokenExpiresForTheOldTokenOnly(t *testing.T) {
	w := newWorld(t)
	w.rule(`{"authorization":"^Bearer old$", "status":401}`)
	for token, want := range map[string]int{"old": 401, "new": 200} {
		request, err := http.NewRequest(http.MethodGet, w.url("/a"), nil)
		w.must(err)
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := w.client("", true).Do(request)
		w.must(err)
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("token %s: %d, want %d", token, response.StatusCode, want)
		}
	}
}

func TestOwnBodyReplacesTheStatusObject(t *testing.T) {
	w := newWorld(t)
	w.rule(`{"status":200, "body":"{\"kind\":"}`)
	_, body, err := w.get(w.client("admin", true), "/a")
	w.must(err)
	if body != `{"kind":` {
		t.Errorf("got %q", body)
	}
}

func TestLatency(t *testing.T) {
	w := newWorld(t)
	w.rule(`{"latency_ms":60}`)
	start := time.Now()
	w.wantStatus(w.client("admin", true), "/a", http.StatusOK)
	if took := time.Since(start); took < 60*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

// On both protocols the client sees the first 9 bytes of an answer that the server gave in full.
func TestResetInTheMiddleOfABody(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, stream := range []bool{false, true} {
			w := newWorld(t)
			w.rule(fmt.Sprintf(`{"path":"/a", "reset_after":9, "reset_stream":%v}`, stream))
			client := w.client("admin", http2)
			_, body, err := w.get(client, "/a")
			if err == nil {
				t.Errorf("HTTP/2 %v, stream %v: no error, body %q", http2, stream, body)
			}
			if len(body) > 9 {
				t.Errorf("HTTP/2 %v, stream %v: body %q", http2, stream, body)
			}
			if e := w.entries(1)[0]; e.Status != 200 || e.ResponseBytes != 9 {
				t.Errorf("log: %+v", e)
			}
			w.wantStatus(client, "/b", http.StatusOK)
			connections := w.gate.record.totals().Connections
			if want := map[bool]int{true: 1, false: 2}[http2 && stream]; connections != want {
				t.Errorf("HTTP/2 %v, stream %v: %d connections, want %d", http2, stream, connections, want)
			}
		}
	}
}

// The server did what was asked, and the client cannot know.
func TestResetBeforeTheStatusForwardsTheRequest(t *testing.T) {
	w := newWorld(t)
	var forwarded atomic.Int32
	next := w.gate.next
	w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		forwarded.Add(1)
		next.ServeHTTP(rw, r)
	})
	w.rule(`{"times":1, "reset_after":0}`)
	body := bytes.NewReader([]byte("x"))
	if _, err := w.client("admin", true).Post(w.url("/a"), "text/plain", body); err == nil {
		t.Error("no error")
	}
	if got := forwarded.Load(); got != 1 {
		t.Errorf("forwarded %d times", got)
	}
	if e := w.entries(1)[0]; e.Status != 0 {
		t.Errorf("log: %+v", e)
	}
}

func TestDropForwardsNothing(t *testing.T) {
	w := newWorld(t)
	w.gate.next = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("forwarded") })
	w.rule(`{"drop":true}`)
	for _, http2 := range []bool{false, true} {
		body := strings.NewReader("x") // a POST, which Go's client does not try again by itself
		if _, err := w.client("admin", http2).Post(w.url("/a"), "text/plain", body); err == nil {
			t.Errorf("HTTP/2 %v: no error", http2)
		}
	}
}

// Nothing is answered on that connection any more, not even what no rule befalls.
func TestSilenceLastsAsLongAsTheConnection(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		w := newWorld(t)
		w.rule(`{"path":"/a", "times":1, "silence":true}`)
		client := w.client("admin", http2)
		client.Timeout = 200 * time.Millisecond
		if _, _, err := w.get(client, "/a"); err == nil || !strings.Contains(err.Error(), "Timeout") {
			t.Errorf("HTTP/2 %v: got %v", http2, err)
		}
		if _, _, err := w.get(client, "/b"); http2 && err == nil {
			t.Error("the connection answers again")
		}
		w.wantStatus(w.client("admin", http2), "/b", http.StatusOK)
	}
}

func TestRequestIsCutInTheMiddleOfItsBody(t *testing.T) {
	w := newWorld(t)
	w.gate.next = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("forwarded") })
	w.rule(`{"cut_request":3}`)
	for _, http2 := range []bool{false, true} {
		body := strings.NewReader("xxxxx")
		if _, err := w.client("admin", http2).Post(w.url("/a"), "text/plain", body); err == nil {
			t.Errorf("HTTP/2 %v: no error", http2)
		}
	}
	for _, e := range w.entries(2) {
		if e.RequestBytes < 3 || e.Status != 0 {
			t.Errorf("log: %+v", e)
		}
	}
}

func TestForwardedAndStillRefused(t *testing.T) {
	w := newWorld(t)
	var forwarded atomic.Int32
	next := w.gate.next
	w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		forwarded.Add(1)
		next.ServeHTTP(rw, r)
	})
	w.rule(`{"status":500, "forward":true}`)
	w.wantStatus(w.client("admin", true), "/a", http.StatusInternalServerError)
	if got := forwarded.Load(); got != 1 {
		t.Errorf("forwarded %d times", got)
	}
}

// A stream ends as if that were all, in the middle of a line; so does a body of known length.
func TestEndAfterIsNoError(t *testing.T) {
	w := newWorld(t)
	w.rule(`{"end_after":4}`)
	for _, http2 := range []bool{false, true} {
		for path, want := range map[string]string{"/api": "user", "/api?watch=true": "firs"} {
			_, body, err := w.get(w.client("admin", http2), path)
			if err != nil || body != want {
				t.Errorf("HTTP/2 %v, %s: %q, %v", http2, path, body, err)
			}
		}
	}
}

func TestGoawayMovesTheClientToANewConnection(t *testing.T) {
	w := newWorld(t)
	w.rule(`{"times":1, "goaway":true}`)
	client := w.client("admin", true)
	w.wantStatus(client, "/a", http.StatusOK)
	w.entries(1)
	// The frame follows the answer: a request sent before it arrives is still served.
	for deadline := time.Now().Add(5 * time.Second); w.gate.record.totals().Connections < 2; {
		w.wantStatus(client, "/a", http.StatusOK)
		if time.Now().After(deadline) {
			t.Fatal("the client stayed on its connection")
		}
	}
}

func TestRefusedConnectionsAndTheSameAddressAfterwards(t *testing.T) {
	w := newWorld(t)
	client := w.client("admin", true)
	w.wantStatus(client, "/a", http.StatusOK)
	address := w.gate.address
	w.post("/refuse", "")
	if _, _, err := w.get(client, "/a"); err == nil {
		t.Error("a connection from before still serves")
	}
	_, _, err := w.get(w.client("admin", true), "/a")
	if err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
	w.post("/accept", "")
	w.wantStatus(client, "/a", http.StatusOK)
	if w.gate.address != address {
		t.Errorf("moved from %s to %s", address, w.gate.address)
	}
}

func TestResetForgetsRulesCountsAndLogAndAccepts(t *testing.T) {
	w := newWorld(t)
	client := w.client("admin", true)
	w.rule(`{"status":500}`)
	w.wantStatus(client, "/a", http.StatusInternalServerError)
	w.post("/refuse", "")
	w.post("/reset", "")
	if got := w.ask("/counts") + w.ask("/rules") + w.ask("/log"); got != "[][]" {
		t.Errorf("left %s", got)
	}
	w.wantStatus(client, "/a", http.StatusOK)
}

func TestRulesTellHowOftenTheyBefell(t *testing.T) {
	w := newWorld(t)
	w.rule(`{"path":"/a", "latency_ms":1}`)
	w.wantStatus(w.client("admin", true), "/a", http.StatusOK)
	if got, want := w.ask("/rules"), `[{"id":1,"path":"/a","latency_ms":1,"befell":1}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.post("/clear", "")
	if got := w.ask("/rules"); got != "[]" {
		t.Errorf("got %s", got)
	}
}

func TestTheProxyIsAWebhookThatRulesBefall(t *testing.T) {
	w := newWorld(t)
	client := w.client("", true)
	call := func(path, body string) string {
		response, err := client.Post(w.url(path), "application/json", strings.NewReader(body))
		w.must(err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		w.must(err)
		return fmt.Sprint(response.StatusCode, " ", strings.TrimSpace(string(text)))
	}
	const admission = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"7"}}`
	for path, want := range map[string]string{
		"/webhook/allow": `"uid":"7","allowed":true`,
		"/webhook/deny":  `"uid":"7","allowed":false,"status":{"code":403`,
		"/webhook/other": "404",
	} {
		if got := call(path, admission); !strings.Contains(got, want) {
			t.Errorf("%s: got %s", path, got)
		}
	}
	got := call("/webhook/convert", `{"request":{"uid":"8","desiredAPIVersion":"g/v2","objects":[{"apiVersion":"g/v1","a":1}]}}`)
	if want := `"convertedObjects":[{"a":1,"apiVersion":"g/v2"}]`; !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
	if got := call("/webhook/allow", "{}"); !strings.HasPrefix(got, "400") {
		t.Errorf("got %s", got)
	}
	w.rule(`{"path":"^/webhook","status":500}`)
	if got := call("/webhook/allow", admission); !strings.HasPrefix(got, "500") {
		t.Errorf("got %s", got)
	}
}

func TestBadRulesAreRefused(t *testing.T) {
	w := newWorld(t)
	for text, want := range map[string]string{
		`{`:                             "unexpected EOF",
		`{"sttus":500}`:                 `unknown field "sttus"`,
		`{"path":"/a"}`:                 "the rule does nothing",
		`{"status":42}`:                 "status 42: not a final HTTP status",
		`{"status":500, "path":"("}`:    "missing closing )",
		`{"drop":true, "forward":true}`: "forward is for a rule with a status",
		`{"status":500, "times":-1}`:    "cannot be negative",
		`{"status":500, "method":"(a"}`: "missing closing )",
	} {
		response, err := http.Post(w.control.URL+"/rules", "application/json", strings.NewReader(text))
		w.must(err)
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d %s, want %q", text, response.StatusCode, body, want)
		}
	}
	if got := w.ask("/rules"); got != "[]" {
		t.Errorf("kept %s", got)
	}
}
