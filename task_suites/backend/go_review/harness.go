// Package harness runs the service of an answer and its surroundings.
package harness

//llmbench:race

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"answer/llmbench"
)

// The judge calls the functions of this file. Each service that it starts is a
// process of its own, which is this program once more: it serves newServer's
// routes on the sandbox's loopback, against a price server here.

const (
	maxReply   = 64 << 10
	maxPrinted = 256 << 10
	startLimit = 10 * time.Second
)

// ---- what runs in a service's process ----

// serve is the whole program of a service's process.
func serve() {
	audit, addresses := os.NewFile(3, "audit"), os.NewFile(4, "addresses")
	routes, control := listen(), listen()
	newServer, ok := llmbench.Answer("newServer").(func(string, io.Writer, string) http.Handler)
	if !ok {
		panic(fmt.Sprintf("newServer is a %T", llmbench.Answer("newServer")))
	}
	handler := newServer(os.Getenv("UPSTREAM"), audit, os.Getenv("EXPORTS"))
	fmt.Fprintln(addresses, routes.Addr(), control.Addr())
	addresses.Close()
	go http.Serve(control, http.HandlerFunc(countGoroutines))
	http.Serve(routes, handler)
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return listener
}

// countGoroutines answers with the number of goroutines that are in the answer's code, or began in it.
func countGoroutines(w http.ResponseWriter, _ *http.Request) {
	var stacks bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&stacks, 2)
	count := 0
	for _, stack := range strings.Split(stacks.String(), "\n\n") {
		if strings.Contains(stack, "/answer.go:") {
			count++
		}
	}
	fmt.Fprint(w, count)
}

// ---- what runs in the judge's process ----

type service struct {
	process *exec.Cmd
	address string
	control string
	prices  *priceServer
	root    string
	audit   *record
	printed *record
	ended   chan struct{}
}

// record keeps what a process writes.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(text []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text.Write(text[:min(len(text), max(0, maxPrinted-r.text.Len()))])
	return len(text), nil
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

var (
	services []*service
	tickets  []chan reply
)

// raceDetector reports whether services can be started with the race detector.
func raceDetector() bool { return llmbench.HasRace() }

// start starts a service, and gives its number. env are variables of its process.
// files are put into a folder, and links into it as symbolic links; "exports"
// below it is the folder that the service exports from.
func start(env []string, files, links map[string]string, race bool) (int, error) {
	root, err := os.MkdirTemp("", "service")
	if err != nil {
		return 0, err
	}
	if err := furnish(root, files, links); err != nil {
		return 0, err
	}
	prices, err := servePrices()
	if err != nil {
		return 0, err
	}
	s := &service{prices: prices, root: root, audit: &record{}, printed: &record{}, ended: make(chan struct{})}
	env = append(env, "UPSTREAM="+prices.url, "EXPORTS="+filepath.Join(root, "exports"), "TMPDIR=/tmp")
	if err := s.run(llmbench.Again("serve", race, env...)); err != nil {
		return 0, err
	}
	services = append(services, s)
	return len(services) - 1, nil
}

func furnish(root string, files, links map[string]string) error {
	if err := os.Mkdir(filepath.Join(root, "exports"), 0o755); err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			return err
		}
	}
	return nil
}

func (s *service) run(process *exec.Cmd) error {
	auditOut, auditIn, err := os.Pipe()
	if err != nil {
		return err
	}
	addressesOut, addressesIn, err := os.Pipe()
	if err != nil {
		return err
	}
	process.Dir = s.root
	process.Stdout, process.Stderr = s.printed, s.printed
	process.ExtraFiles = []*os.File{auditIn, addressesIn}
	s.process = process
	if err := process.Start(); err != nil {
		return err
	}
	auditIn.Close()
	addressesIn.Close()
	go io.Copy(s.audit, auditOut)
	go func() {
		process.Wait()
		close(s.ended)
	}()
	addressesOut.SetReadDeadline(time.Now().Add(startLimit))
	defer addressesOut.Close()
	if _, err := fmt.Fscan(addressesOut, &s.address, &s.control); err != nil {
		process.Process.Kill()
		return fmt.Errorf("the service does not start: %s", tail(s.printed.String()))
	}
	return nil
}

func tail(text string) string { return text[max(0, len(text)-500):] }

// stop ends a service and gives what it printed.
func stop(number int) string {
	s := services[number]
	s.process.Process.Kill()
	<-s.ended
	s.prices.server.Close()
	return s.printed.String()
}

// printed gives what a service has printed so far.
func printed(number int) string { return services[number].printed.String() }

// audit gives the lines of a service's audit trail.
func audit(number int) []string {
	return strings.Split(strings.TrimSuffix(services[number].audit.String(), "\n"), "\n")
}

// folder gives the folder that a service's files are in.
func folder(number int) string { return services[number].root }

// goroutines counts the goroutines that are in the answer's code, or began in it.
func goroutines(number int) (int, error) {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + services[number].control)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var count int
	_, err = fmt.Fscan(response.Body, &count)
	return count, err
}

// ---- the price server ----

// price is what the price server answers for a SKU: after Delay seconds, Status and Body.
type price struct {
	Body   string  `json:"body"`
	Status int     `json:"status"`
	Delay  float64 `json:"delay"`
}

type priceServer struct {
	url     string
	server  *http.Server
	mu      sync.Mutex
	prices  map[string]price
	asked   []string
	waiting int
	open    int
	release chan struct{}
}

func servePrices() (*priceServer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &priceServer{
		url:     "http://" + listener.Addr().String(),
		prices:  map[string]price{},
		release: make(chan struct{}),
	}
	p.server = &http.Server{Handler: p, ConnState: p.connection}
	go p.server.Serve(listener)
	return p, nil
}

func (p *priceServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sku := r.URL.Query().Get("sku")
	p.mu.Lock()
	given, known := p.prices[sku]
	p.asked = append(p.asked, sku)
	p.waiting++
	release := p.release
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.waiting--
		p.mu.Unlock()
	}()
	if r.URL.Path != "/prices" || !known {
		http.NotFound(w, r)
		return
	}
	select {
	case <-time.After(time.Duration(given.Delay * float64(time.Second))):
	case <-release:
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(given.Status)
	io.WriteString(w, given.Body)
	// The end comes later than the price: whoever has read a price and closes nothing holds a connection.
	w.(http.Flusher).Flush()
	time.Sleep(10 * time.Millisecond)
}

func (p *priceServer) connection(_ net.Conn, state http.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case http.StateNew:
		p.open++
	case http.StateClosed, http.StateHijacked:
		p.open--
	}
}

// setPrices adds to what the price server of a service answers.
func setPrices(number int, prices map[string]price) {
	p := services[number].prices
	p.mu.Lock()
	defer p.mu.Unlock()
	for sku, given := range prices {
		p.prices[sku] = given
	}
}

// release lets the price server answer all that it holds back.
func release(number int) {
	p := services[number].prices
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.release)
	p.release = make(chan struct{})
}

// upstream is what the price server of a service has seen.
type upstream struct {
	Asked   []string `json:"asked"`   // the SKUs, in order
	Waiting int      `json:"waiting"` // requests that are not answered yet
	Open    int      `json:"open"`    // connections
}

func seen(number int) upstream {
	p := services[number].prices
	p.mu.Lock()
	defer p.mu.Unlock()
	return upstream{Asked: append([]string{}, p.asked...), Waiting: p.waiting, Open: p.open}
}

// ---- requests to a service ----

// request is one request. Pad is how many spaces go before the body's last
// character; a client that gives up leaves after GiveUp seconds (0: never).
type request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Pad     int               `json:"pad"`
	GiveUp  float64           `json:"give_up"`
}

// reply is what came back. Status is 0 where nothing did, and Failure says why.
type reply struct {
	Status  int     `json:"status"`
	Type    string  `json:"type"`
	Body    string  `json:"body"`
	Seconds float64 `json:"seconds"`
	Failure string  `json:"failure"`
}

var client = http.Client{
	// A connection of its own for each request, which ends with it.
	Transport: &http.Transport{DisableKeepAlives: true},
	Timeout:   4 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

// send sends a request, several times at once if need be, and gives a number to
// wait for the last reply by.
func send(number int, wanted request, times int) int {
	ticket := make(chan reply, 1)
	tickets = append(tickets, ticket)
	go func() {
		replies := burst(number, wanted, times)
		ticket <- replies[len(replies)-1]
	}()
	return len(tickets) - 1
}

// wait waits for a reply.
func wait(ticket int) reply { return <-tickets[ticket] }

// ask sends a request and waits for its reply.
func ask(number int, wanted request) reply { return exchange(services[number].address, wanted) }

// pause waits here, where no clock of the judge's counts.
func pause(seconds float64) { time.Sleep(time.Duration(seconds * float64(time.Second))) }

// burst sends a request many times at once.
func burst(number int, wanted request, times int) []reply {
	replies := make([]reply, times)
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	for i := range times {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-begin
			replies[i] = exchange(services[number].address, wanted)
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return replies
}

func exchange(address string, wanted request) reply {
	started := time.Now()
	ctx := context.Background()
	if wanted.GiveUp > 0 {
		limited, cancel := context.WithTimeout(ctx, time.Duration(wanted.GiveUp*float64(time.Second)))
		defer cancel()
		ctx = limited
	}
	result, err := attempt(ctx, address, wanted)
	if err != nil {
		result = reply{Failure: err.Error()}
	}
	result.Seconds = time.Since(started).Seconds()
	return result
}

func attempt(ctx context.Context, address string, wanted request) (reply, error) {
	last := max(0, len(wanted.Body)-1)
	body := io.MultiReader(
		strings.NewReader(wanted.Body[:last]),
		io.LimitReader(spaces{}, int64(wanted.Pad)),
		strings.NewReader(wanted.Body[last:]),
	)
	made, err := http.NewRequestWithContext(ctx, wanted.Method, "http://"+address+wanted.Path, body)
	if err != nil {
		return reply{}, err
	}
	made.ContentLength = int64(len(wanted.Body) + wanted.Pad)
	for name, value := range wanted.Headers {
		made.Header.Set(name, value)
	}
	response, err := client.Do(made)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxReply))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return reply{}, err
	}
	return reply{
		Status: response.StatusCode,
		Type:   response.Header.Get("Content-Type"),
		Body:   strings.ToValidUTF8(string(text), "?"),
	}, nil
}

type spaces struct{}

func (spaces) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = ' '
	}
	return len(into), nil
}
