// A Kubernetes API server with an etcd of its own in one program, for tests on this machine: nothing is kept, and nothing
// runs what is asked for.
//
//	apiserver FOLDER PORT [flags of kube-apiserver]
//
// It listens on 127.0.0.1 alone, both as etcd and as the API server, and ends with its standard input.
package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"

	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

const etcdDeadline = 30 * time.Second

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: apiserver FOLDER PORT [flags of kube-apiserver]"))
	}
	folder, port := os.Args[1], os.Args[2]
	// Whoever started it may be killed: it must not outlive them.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	store, err := startEtcd(filepath.Join(folder, "etcd"))
	fail(err)
	command := app.NewAPIServerCommand()
	command.SetArgs(append([]string{
		"--etcd-servers=" + store,
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port=" + port,
		"--cert-dir=" + filepath.Join(folder, "certificates"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--authorization-mode=RBAC", "--anonymous-auth=false",
		"--endpoint-reconciler-type=none", "--shutdown-delay-duration=0s",
	}, os.Args[3:]...))
	os.Exit(cli.Run(command))
}

// startEtcd returns the address of a store that forgets everything.
func startEtcd(folder string) (string, error) {
	config := embed.NewConfig()
	config.Dir = folder
	config.UnsafeNoFsync = true
	config.LogLevel = "error"
	client, err := freeAddress()
	if err != nil {
		return "", err
	}
	peer, err := freeAddress()
	if err != nil {
		return "", err
	}
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return "", err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return client.String(), nil
	case <-time.After(etcdDeadline):
		return "", fmt.Errorf("etcd was not ready within %v", etcdDeadline)
	}
}

func freeAddress() (url.URL, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return url.URL{}, err
	}
	defer listener.Close()
	return url.URL{Scheme: "http", Host: listener.Addr().String()}, nil
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "apiserver:", err)
		os.Exit(1)
	}
}
