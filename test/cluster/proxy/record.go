package main

import (
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"
)

// entry is one request that is over.
type entry struct {
	Number        int     `json:"number"`
	StartMillis   float64 `json:"start_ms"` // since the record began
	Millis        float64 `json:"ms"`       // until the answer's last byte
	Connection    int     `json:"connection"`
	Protocol      string  `json:"protocol"`
	Method        string  `json:"method"`
	Path          string  `json:"path"`
	Query         string  `json:"query,omitempty"`
	ContentType   string  `json:"content_type,omitempty"`
	UserAgent     string  `json:"user_agent,omitempty"`
	User          string  `json:"user,omitempty"` // of the client certificate
	Status        int     `json:"status"`         // 0: none was sent
	RequestBytes  int64   `json:"request_bytes"`
	ResponseBytes int64   `json:"response_bytes"`
	Rule          int     `json:"rule,omitempty"` // the id of the rule that befell it
}

// tally is the number of requests that differ in nothing but a query's variable values.
type tally struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query"`
	Count  int    `json:"count"`
}

type summary struct {
	Requests       int `json:"requests"`
	Connections    int `json:"connections"`
	InFlight       int `json:"in_flight"`
	PeakInFlight   int `json:"peak_in_flight"`
	OpenConnection int `json:"open_connections"`
}

// record counts requests as they arrive and logs them as they end. Safe for concurrent use.
type record struct {
	mutex   sync.Mutex
	began   time.Time
	entries []entry
	counts  map[tally]int // keyed with Count 0
	summary summary
}

func newRecord() *record {
	r := &record{}
	r.reset()
	return r
}

// reset forgets all but what goes on at the moment.
func (r *record) reset() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.began = time.Now()
	r.entries = nil
	r.counts = map[tally]int{}
	r.summary.Requests, r.summary.Connections = 0, 0
	r.summary.PeakInFlight = r.summary.InFlight
}

func (r *record) arrived(request *http.Request) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	key := tally{Method: request.Method, Path: request.URL.Path, Query: queryClass(request.URL)}
	r.counts[key]++
	r.summary.Requests++
	r.summary.InFlight++
	r.summary.PeakInFlight = max(r.summary.PeakInFlight, r.summary.InFlight)
}

func (r *record) ended(e entry, start time.Time) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.summary.InFlight--
	if start.Before(r.began) {
		return // it belongs to what reset forgot
	}
	e.Number = len(r.entries) + 1
	e.StartMillis = millis(start.Sub(r.began))
	e.Millis = millis(time.Since(start))
	r.entries = append(r.entries, e)
}

func (r *record) connected(change int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.summary.OpenConnection += change
	if change > 0 {
		r.summary.Connections++
	}
}

func (r *record) log() []entry {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return append([]entry(nil), r.entries...)
}

func (r *record) totals() summary {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.summary
}

// tallies returns the counts, sorted by path, method and query.
func (r *record) tallies() []tally {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	all := make([]tally, 0, len(r.counts))
	for key, count := range r.counts {
		key.Count = count
		all = append(all, key)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		if a.Method != b.Method {
			return a.Method < b.Method
		}
		return a.Query < b.Query
	})
	return all
}

// count returns the number of requests whose method matches fully and whose path matches anywhere.
func (r *record) count(method, path *regexp.Regexp) int {
	total := 0
	for _, t := range r.tallies() {
		if method.MatchString(t.Method) && path.MatchString(t.Path) {
			total += t.Count
		}
	}
	return total
}

// These name a place or a moment, not a kind of request.
var variableParameters = map[string]bool{
	"continue": true, "resourceVersion": true, "timeout": true, "timeoutSeconds": true,
}

// queryClass is the query with its keys sorted and the values of variable parameters as `*`.
func queryClass(u *url.URL) string {
	values := u.Query()
	parts := make([]string, 0, len(values))
	for key, list := range values {
		value := strings.Join(list, ",")
		if variableParameters[key] {
			value = "*"
		}
		parts = append(parts, key+"="+value)
	}
	sort.Strings(parts)
	return strings.Join(parts, "&")
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
