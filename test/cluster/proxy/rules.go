package main

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
)

// rule says which requests a fault befalls and what the fault is. The fields are the JSON that
// POST /rules takes; a field left out matches everything, or does nothing.
type rule struct {
	ID int `json:"id"`

	// Which requests. All are regular expressions found anywhere in the text, except Method,
	// which must match all of it.
	Method        string `json:"method,omitempty"`
	Path          string `json:"path,omitempty"`
	Query         string `json:"query,omitempty"`
	Authorization string `json:"authorization,omitempty"`
	Skip          int    `json:"skip,omitempty"`  // let this many matching requests pass first
	Times         int    `json:"times,omitempty"` // then befall this many; 0: all until removed

	// What happens, in this order.
	LatencyMillis int    `json:"latency_ms,omitempty"`   // wait, before anything else
	Drop          bool   `json:"drop,omitempty"`         // reset the connection, forward nothing
	Silence       bool   `json:"silence,omitempty"`      // answer nothing more on this connection, and leave it open
	CutRequest    *int64 `json:"cut_request,omitempty"`  // read so many bytes of the request's body, then reset
	Goaway        bool   `json:"goaway,omitempty"`       // tell the client to use a new connection
	Forward       bool   `json:"forward,omitempty"`      // with Status: let the server do it, answer Status all the same
	Status        int    `json:"status,omitempty"`       // answer this, forward nothing
	RetryAfter    int    `json:"retry_after,omitempty"`  // seconds, sent with Status
	Message       string `json:"message,omitempty"`      // in the Status object sent with Status
	Body          string `json:"body,omitempty"`         // sent with Status in place of that object; $NAME is the end of the path
	ResetAfter    *int64 `json:"reset_after,omitempty"`  // forward, then reset after so many bytes of body
	ResetStream   bool   `json:"reset_stream,omitempty"` // ... only the stream, where it is HTTP/2
	EndAfter      *int64 `json:"end_after,omitempty"`    // forward, then end after so many bytes, as if it were all

	Befell int `json:"befell"` // requests so far

	seen                               int
	method, path, query, authorization *regexp.Regexp
}

func (r *rule) compile() error {
	if r.Skip < 0 || r.Times < 0 || r.LatencyMillis < 0 || r.RetryAfter < 0 {
		return errors.New("skip, times, latency_ms and retry_after cannot be negative")
	}
	if r.Status != 0 && (r.Status < 200 || r.Status > 599) {
		return fmt.Errorf("status %d: not a final HTTP status", r.Status)
	}
	if r.Forward && r.Status == 0 {
		return errors.New("forward is for a rule with a status")
	}
	if r.LatencyMillis == 0 && !r.Drop && !r.Silence && r.CutRequest == nil && !r.Goaway &&
		r.Status == 0 && r.ResetAfter == nil && r.EndAfter == nil {
		return errors.New("the rule does nothing: give latency_ms, drop, silence, cut_request, " +
			"goaway, status, reset_after or end_after")
	}
	for _, pattern := range []struct {
		text   string
		target **regexp.Regexp
	}{
		{"^(?:" + orAny(r.Method) + ")$", &r.method},
		{r.Path, &r.path},
		{r.Query, &r.query},
		{r.Authorization, &r.authorization},
	} {
		compiled, err := regexp.Compile(pattern.text)
		if err != nil {
			return err
		}
		*pattern.target = compiled
	}
	return nil
}

func orAny(pattern string) string {
	if pattern == "" {
		return ".*"
	}
	return pattern
}

func (r *rule) matches(request *http.Request) bool {
	return r.method.MatchString(request.Method) &&
		r.path.MatchString(request.URL.Path) &&
		r.query.MatchString(request.URL.RawQuery) &&
		r.authorization.MatchString(request.Header.Get("Authorization"))
}

// ruleBook holds the rules in the order they were added. Safe for concurrent use.
type ruleBook struct {
	mutex  sync.Mutex
	lastID int
	rules  []*rule
}

// add checks the rule, numbers it and puts it last.
func (b *ruleBook) add(r rule) (int, error) {
	if err := r.compile(); err != nil {
		return 0, err
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.lastID++
	r.ID, r.Befell = b.lastID, 0
	b.rules = append(b.rules, &r)
	return r.ID, nil
}

func (b *ruleBook) clear() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.rules = nil
}

func (b *ruleBook) list() []rule {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	copies := make([]rule, 0, len(b.rules))
	for _, r := range b.rules {
		copies = append(copies, *r)
	}
	return copies
}

// take returns a copy of the first rule that befalls the request and counts it there, or nil.
// A rule that has skipped or used up a request leaves it to the rules after it.
func (b *ruleBook) take(request *http.Request) *rule {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, r := range b.rules {
		if !r.matches(request) || (r.Times > 0 && r.Befell >= r.Times) {
			continue
		}
		r.seen++
		if r.seen <= r.Skip {
			continue
		}
		r.Befell++
		taken := *r
		return &taken
	}
	return nil
}
