package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
)

// newControl is the plain HTTP side through which tests steer the proxy:
//
//	GET  /status              connections and requests, now and so far
//	GET  /counts              requests by method, path and kind of query
//	GET  /count?method=&path= how many requests match these regular expressions, as a number
//	GET  /log                 one line of JSON for each request that is over
//	GET  /rules               the rules and how many requests each befell
//	POST /rules               adds the rule in the body (see rules.go), answers its id
//	POST /clear               removes all rules
//	POST /reset               removes rules, counts and log, and accepts connections
//	POST /refuse, /accept     refuse connections, accept them again
func newControl(g *gate) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, g.record.totals())
	})
	mux.HandleFunc("GET /counts", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, g.record.tallies())
	})
	mux.HandleFunc("GET /count", func(w http.ResponseWriter, r *http.Request) { count(g, w, r) })
	mux.HandleFunc("GET /log", func(w http.ResponseWriter, r *http.Request) {
		for _, e := range g.record.log() {
			writeJSON(w, e)
		}
	})
	mux.HandleFunc("GET /rules", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, g.rules.list())
	})
	mux.HandleFunc("POST /rules", func(w http.ResponseWriter, r *http.Request) { addRule(g, w, r) })
	mux.HandleFunc("POST /clear", func(w http.ResponseWriter, r *http.Request) { g.rules.clear() })
	for path, action := range map[string]func() error{
		"POST /reset": g.reset, "POST /refuse": g.close, "POST /accept": g.open,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if err := action(); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	return mux
}

func writeJSON(w io.Writer, value any) {
	_ = json.NewEncoder(w).Encode(value) // fails only if the asker is gone
}

func count(g *gate, w http.ResponseWriter, r *http.Request) {
	method, err := regexp.Compile("^(?:" + orAny(r.FormValue("method")) + ")$")
	if err == nil {
		var path *regexp.Regexp
		if path, err = regexp.Compile(r.FormValue("path")); err == nil {
			fmt.Fprintln(w, g.record.count(method, path))
			return
		}
	}
	http.Error(w, err.Error(), http.StatusBadRequest)
}

func addRule(g *gate, w http.ResponseWriter, r *http.Request) {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	var added rule
	err := decoder.Decode(&added)
	if err == nil {
		var id int
		if id, err = g.rules.add(added); err == nil {
			writeJSON(w, map[string]int{"id": id})
			return
		}
	}
	http.Error(w, err.Error(), http.StatusBadRequest)
}
