// Package pki makes the keys, certificates and tokens of one test cluster. Write leaves in a folder:
//
//	ca.crt ca.key                  signs everything that talks to or is the API server
//	front-proxy-ca.crt             signs only front-proxy.crt (see below)
//	wrong-ca.crt                   signs nothing: for tests of an untrusted server
//	apiserver.crt apiserver.key    the API server
//	proxy.crt proxy.key            the test proxy, as a server
//	front-proxy.crt front-proxy.key  the test proxy, as a client: the API server believes the
//	                               X-Remote-User it sends, so a user keeps the own identity
//	NAME.crt NAME.key              one pair for each entry of clients
//	sa.key sa.pub                  the pair that signs and checks service account tokens
//	tokens.csv                     for --token-auth-file; NAME.token holds each token alone
//
// Nothing here outlives its cluster: `scripts/test-cluster up` makes a new set each time.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const lifetime = 365 * 24 * time.Hour

// identity is a user as the API server sees it: a certificate's CN and O, or a row of tokens.csv.
type identity struct {
	file, user string
	groups     []string
}

var masters = []string{"system:masters"}

// clients have a name each, so that the audit log tells kfctl's requests from the cluster's own.
var clients = []identity{
	{"admin", "kfctl-admin", masters},
	{"setup", "kfctl-test-setup", masters},
	{"controller-manager", "system:kube-controller-manager", masters},
	{"scheduler", "system:kube-scheduler", nil},
	{"kwok", "kfctl-test-kwok", masters},
}

var tokens = []identity{
	{"admin", "kfctl-admin", masters},
	{"limited", "kfctl-limited", nil},
}

var serverNames = []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}

// serverAddresses are the loopback ones and the first of the cluster's service range.
var serverAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback, net.IPv4(10, 96, 0, 1)}

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// Write fills dir, which must exist. On error it holds some of the files.
func Write(dir string) error {
	ca, err := newAuthority(dir, "ca", "kfctl-test-ca")
	if err != nil {
		return err
	}
	frontProxyCA, err := newAuthority(dir, "front-proxy-ca", "kfctl-test-front-proxy-ca")
	if err != nil {
		return err
	}
	if _, err := newAuthority(dir, "wrong-ca", "kfctl-test-wrong-ca"); err != nil {
		return err
	}
	for _, server := range []string{"apiserver", "proxy"} {
		if err := ca.issueServer(dir, server); err != nil {
			return err
		}
	}
	for _, client := range clients {
		if err := ca.issueClient(dir, client); err != nil {
			return err
		}
	}
	if err := frontProxyCA.issueClient(dir, identity{"front-proxy", "front-proxy", nil}); err != nil {
		return err
	}
	if err := writeServiceAccountKeys(dir); err != nil {
		return err
	}
	return writeTokens(dir)
}

func newAuthority(dir, file, name string) (*authority, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	template := newTemplate(pkix.Name{CommonName: name})
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	ca := &authority{certificate: template, key: key}
	der, err := ca.sign(template, key)
	if err != nil {
		return nil, err
	}
	if ca.certificate, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	return ca, writePair(dir, file, der, key)
}

func (ca *authority) issueServer(dir, name string) error {
	template := newTemplate(pkix.Name{CommonName: name})
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.DNSNames = serverNames
	template.IPAddresses = serverAddresses
	return ca.issue(dir, name, template)
}

func (ca *authority) issueClient(dir string, client identity) error {
	template := newTemplate(pkix.Name{CommonName: client.user, Organization: client.groups})
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return ca.issue(dir, client.file, template)
}

func (ca *authority) issue(dir, file string, template *x509.Certificate) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	der, err := ca.sign(template, key)
	if err != nil {
		return err
	}
	return writePair(dir, file, der, key)
}

func (ca *authority) sign(template *x509.Certificate, key crypto.Signer) ([]byte, error) {
	return x509.CreateCertificate(rand.Reader, template, ca.certificate, key.Public(), ca.key)
}

func newKey() (crypto.Signer, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func newTemplate(subject pkix.Name) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err) // the system has no random numbers: nothing sensible is left to do
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(lifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

func writeServiceAccountKeys(dir string) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if err := writeKey(dir, "sa.key", key); err != nil {
		return err
	}
	return writePEM(dir, "sa.pub", "PUBLIC KEY", public)
}

func writeTokens(dir string) error {
	var rows strings.Builder
	for _, owner := range tokens {
		secret := make([]byte, 16)
		if _, err := rand.Read(secret); err != nil {
			return err
		}
		token := hex.EncodeToString(secret)
		fmt.Fprintf(&rows, "%s,%s,%s", token, owner.user, owner.user)
		if len(owner.groups) > 0 {
			fmt.Fprintf(&rows, ",%q", strings.Join(owner.groups, ","))
		}
		rows.WriteByte('\n')
		if err := os.WriteFile(filepath.Join(dir, owner.file+".token"), []byte(token), 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "tokens.csv"), []byte(rows.String()), 0o600)
}

func writePair(dir, file string, der []byte, key crypto.Signer) error {
	if err := writePEM(dir, file+".crt", "CERTIFICATE", der); err != nil {
		return err
	}
	return writeKey(dir, file+".key", key)
}

func writeKey(dir, file string, key crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(dir, file, "PRIVATE KEY", der)
}

func writePEM(dir, file, kind string, der []byte) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	return os.WriteFile(filepath.Join(dir, file), text, 0o600)
}
