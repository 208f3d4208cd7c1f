package main

import (
	"fmt"
	"hash/maphash"
	"math"
	"strconv"
	"sync"
	"time"
)

const shards = 64

// bucketTable holds one token bucket per consumer, spread over locked shards. Safe for concurrent use.
type bucketTable struct {
	seed      maphash.Seed
	capacity  float64
	perSecond float64
	policy    []string // value of RateLimit-Policy, shared by all answers
	shards    [shards]shard
}

type shard struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	permits  float64
	refilled time.Time
}

// permit is the outcome of one take: permits left, and the seconds until the bucket is full again.
type permit struct {
	granted    bool
	remaining  int64
	fullIn     int64
	retryAfter int64
}

func newBucketTable(quota int64, window time.Duration) *bucketTable {
	table := &bucketTable{
		seed:      maphash.MakeSeed(),
		capacity:  float64(quota),
		perSecond: float64(quota) / window.Seconds(),
		policy:    []string{fmt.Sprintf(`"requests";q=%d;w=%d`, quota, int64(window.Seconds()))},
	}
	for i := range table.shards {
		table.shards[i].buckets = make(map[string]*bucket)
	}
	return table
}

func (t *bucketTable) take(consumer string, now time.Time) permit {
	s := &t.shards[maphash.String(t.seed, consumer)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[consumer]
	if b == nil {
		b = &bucket{permits: t.capacity, refilled: now}
		s.buckets[consumer] = b
	}
	if elapsed := now.Sub(b.refilled).Seconds(); elapsed > 0 {
		b.permits = math.Min(t.capacity, b.permits+elapsed*t.perSecond)
		b.refilled = now
	}
	if b.permits < 1 {
		return permit{
			fullIn:     int64(math.Ceil((t.capacity - b.permits) / t.perSecond)),
			retryAfter: int64(math.Ceil((1 - b.permits) / t.perSecond)),
		}
	}
	b.permits--
	return permit{
		granted:   true,
		remaining: int64(b.permits),
		fullIn:    int64(math.Ceil((t.capacity - b.permits) / t.perSecond)),
	}
}

// header is the value of RateLimit.
func (p permit) header() string {
	buffer := make([]byte, 0, 64)
	buffer = append(buffer, `"requests";r=`...)
	buffer = strconv.AppendInt(buffer, p.remaining, 10)
	buffer = append(buffer, `;t=`...)
	buffer = strconv.AppendInt(buffer, p.fullIn, 10)
	return string(buffer)
}
