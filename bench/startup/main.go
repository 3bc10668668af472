// Command startup measures how long the server takes to be ready, how much memory it takes when idle, and how large the
// binary is.
//
//	startup BINARY [RUNS]
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "startup:", err)
		os.Exit(1)
	}
}

func measure() error {
	if len(os.Args) < 2 {
		return errors.New("usage: startup BINARY [RUNS]")
	}
	binary, runs := os.Args[1], 10
	if len(os.Args) > 2 {
		n, err := strconv.Atoi(os.Args[2])
		if err != nil {
			return err
		}
		runs = n
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	fmt.Printf("binary                %.1f MB\n", float64(info.Size())/1e6)
	var first, later []time.Duration
	var idle, peak float64
	for range runs {
		data, err := os.MkdirTemp("", "clientele-bench-")
		if err != nil {
			return err
		}
		took, _, _, err := start(binary, data, 0)
		if err == nil {
			first = append(first, took)
			took, idle, peak, err = start(binary, data, 3*time.Second)
			later = append(later, took)
		}
		_ = os.RemoveAll(data)
		if err != nil {
			return err
		}
	}
	report("ready, first start   ", first)
	report("ready, later starts  ", later)
	fmt.Printf("resident, 3 s idle    %.1f MB\nresident, highest     %.1f MB\n", idle, peak)
	return nil
}

func report(what string, all []time.Duration) {
	slices.Sort(all)
	fmt.Printf("%s least %d ms, median %d ms, most %d ms of %d\n", what,
		all[0].Milliseconds(), all[len(all)/2].Milliseconds(), all[len(all)-1].Milliseconds(), len(all))
}

// start runs the server until it is ready and for as long as idle says, and stops it. Memory is in MB.
func start(binary, data string, idle time.Duration) (took time.Duration, resident, peak float64, err error) {
	port, err := freePort()
	if err != nil {
		return 0, 0, 0, err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	cmd := exec.Command(binary, "serve", "--data", filepath.Join(data, "data"), "--listen", address, "--log-level", "warn")
	var said bytes.Buffer
	cmd.Stderr = &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, 0, err
	}
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Signal(syscall.SIGTERM) }()
	if err := ready(address); err != nil {
		return 0, 0, 0, fmt.Errorf("%w\n%s", err, said.String())
	}
	took = time.Since(begin)
	time.Sleep(idle)
	resident, peak = memory(cmd.Process.Pid)
	return took, resident, peak, nil
}

func ready(address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return errors.New("not ready within 30 s")
}

func freePort() (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// memory is the resident set of a process, now and at its highest. Linux only; zero elsewhere.
func memory(pid int) (now, highest float64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kb, _ := strconv.ParseFloat(fields[1], 64)
		switch fields[0] {
		case "VmRSS:":
			now = kb * 1024 / 1e6
		case "VmHWM:":
			highest = kb * 1024 / 1e6
		}
	}
	return now, highest
}
