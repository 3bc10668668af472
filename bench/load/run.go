package main

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// job is one kind of request: a POST of form, or a GET if it is empty.
type job struct{ name, url, form string }

type result struct {
	rate     float64
	p50, p99 float64 // ms
	errors   int
}

// run sends the request again and again over the connections, one at a time on each, for as long as told after a short
// warm-up.
func run(j job, connections int, length time.Duration) result {
	client := &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true},
	}
	defer client.CloseIdleConnections()
	send(client, j, connections, time.Second/2)
	return send(client, j, connections, length)
}

func send(client *http.Client, j job, connections int, length time.Duration) result {
	var (
		mu     sync.Mutex
		all    []time.Duration
		failed int
		wg     sync.WaitGroup
	)
	begin := time.Now()
	end := begin.Add(length)
	for range connections {
		wg.Go(func() {
			var mine []time.Duration
			bad := 0
			for time.Now().Before(end) {
				start := time.Now()
				if !once(client, j) {
					bad++
					continue
				}
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all, failed = append(all, mine...), failed+bad
		})
	}
	wg.Wait()
	took := time.Since(begin).Seconds()
	if len(all) == 0 {
		return result{errors: failed}
	}
	slices.Sort(all)
	return result{
		rate:   float64(len(all)) / took,
		p50:    all[len(all)/2].Seconds() * 1000,
		p99:    all[len(all)*99/100].Seconds() * 1000,
		errors: failed,
	}
}

func once(client *http.Client, j job) bool {
	method := http.MethodGet
	if j.form != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequest(method, j.url, strings.NewReader(j.form))
	if err != nil {
		return false
	}
	if j.form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return err == nil && resp.StatusCode == http.StatusOK
}
