package main

import (
	"crypto/tls"
	"crypto/x509"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

// The API server believes these from whoever holds the front-proxy certificate: flags
// --requestheader-* in test/cluster/parts.sh.
const (
	remotePrefix = "X-Remote-"
	remoteUser   = "X-Remote-User"
	remoteGroup  = "X-Remote-Group"
)

// forwarder passes requests on so that the API server sees the client's own user: one that came
// with a certificate is named in headers over a connection that may name users; any other request
// goes over a connection that may not, with whatever Authorization it carries.
type forwarder struct {
	named, unnamed http.Handler
}

func newForwarder(server *url.URL, roots *x509.CertPool, frontProxy tls.Certificate) *forwarder {
	forward := func(certificates ...tls.Certificate) http.Handler {
		return &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(server)
				setRemoteUser(r.Out.Header, r.In.TLS)
			},
			FlushInterval: -1, // a watch delivers each event at once
			Transport: &http.Transport{
				TLSClientConfig:     &tls.Config{RootCAs: roots, Certificates: certificates},
				ForceAttemptHTTP2:   true,
				DisableCompression:  true, // what the client asked for passes as it is
				MaxIdleConnsPerHost: 100,
			},
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
				if r.Context().Err() == nil {
					log.Printf("%s %s: %v", r.Method, r.URL, err)
				}
				w.WriteHeader(http.StatusBadGateway)
			},
		}
	}
	return &forwarder{named: forward(frontProxy), unnamed: forward()}
}

func (f *forwarder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if clientName(r.TLS) != "" {
		f.named.ServeHTTP(w, r)
	} else {
		f.unnamed.ServeHTTP(w, r)
	}
}

// setRemoteUser removes what the client itself said of its user, and names the certificate's.
func setRemoteUser(header http.Header, connection *tls.ConnectionState) {
	for key := range header {
		if strings.HasPrefix(key, remotePrefix) {
			delete(header, key)
		}
	}
	if name := clientName(connection); name != "" {
		header.Set(remoteUser, name)
		header[remoteGroup] = connection.PeerCertificates[0].Subject.Organization
	}
}

// clientName is the user of the client's certificate, which TLS has verified; empty without one.
func clientName(connection *tls.ConnectionState) string {
	if connection == nil || len(connection.PeerCertificates) == 0 {
		return ""
	}
	return connection.PeerCertificates[0].Subject.CommonName
}
