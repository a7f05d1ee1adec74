package policies

import (
	"math/rand/v2"
	"strings"
)

// Words that names of services, types and files are put together from. None of
// the resulting names is meant to be that of a real service.
const (
	serviceHeads = `amber anchor arbor atlas audit backup badger basalt beacon bridge broker build cache canal
		carrier cedar census cipher clock cluster codec comet compass condor console coral courier crane crypt
		delta depot dial disk dock domain draft drift echo ember engine event falcon feed fern field file filter
		flare flint flow forge frame garnet gate geyser glacier granite graph grid group harbor hawk heron hook
		host index ingest iris island jasper job journal kernel kestrel key lake lantern ledger light link list
		lock log loom mail maple marble mesh meta meter metric mint mirror moon mosaic mount net nimbus node north
		notice oak object onyx orbit osprey otter packet pager panel pearl pebble pilot pine pipe plover poll pool
		port print probe proxy pulse quartz queue radar rail rain raven record reed relay render report ridge river
		rook route router sable sail scan scope screen script search sensor session shard shell signal silver slate
		socket spark spool spruce stack station stone storage store storm stream sync table tag tape task terminal
		thread tide timer token tower trace track trade transit tunnel vault vector veil view virt voice volume
		watch wave web weir willow wind wire work yarrow zone`
	serviceTails = `- d ctl mgr agent sync _helper _worker _proxy _generator _dispatcher _script admin box cast d_keygen
		fs kit lab _monitor net _plugin pass _runtime s server _session _store view _update ws`
	fileHeads = `access adjtime aliases archive auth backup base boot cache cert charset client cluster cmdline
		command common config control cookie core counter credentials current daemon data db default device
		dhcp disk driver dump entropy env error event export fifo group history host hosts id index info init
		ipc job journal key known_hosts lastlog lease lib limits list local locale lock log machine-id mail
		main map master messages meta modules mount mtab names net node options passwd pending perms pid
		pool port priv profile properties protocol proxy queue random-seed record registry relay report
		resolv rules run samples saved schema script seed server services session shadow share socket spool
		stamp state stats status storage store swap sync system table tasks time timezone tmp token trace
		trust update user users version volume watch work zone`
	fileTails = ` .conf .db .log .pid .sock .lock .cfg .d .bak .cache .key .pem .state .lst .map .old .tmp rc -
		.xml .json .yml .dat .0 .1 .run .socket _file .service .timer .idx -backup .conf.save .bin .txt`
)

// unique returns n names, each a word of heads with one of tails, in random order and none
// twice. "-" in tails means no tail.
func unique(rng *rand.Rand, heads, tails string, n int) []string {
	h, t := strings.Fields(heads), strings.Fields(tails)
	names := make([]string, 0, n)
	seen := make(map[string]bool, n)
	for len(names) < n {
		tail := t[rng.IntN(len(t))]
		if tail == "-" {
			tail = ""
		}
		name := h[rng.IntN(len(h))] + tail
		if len(names) > len(h)*len(t)/2 { // running out: longer names
			name = h[rng.IntN(len(h))] + "_" + name
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// pick returns a random element.
func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// some returns n different elements of from (all, if it has fewer), in their order.
func some[T any](rng *rand.Rand, from []T, n int) []T {
	if n >= len(from) {
		return from
	}
	chosen := make([]T, 0, n)
	for i, x := range from {
		if rng.IntN(len(from)-i) < n-len(chosen) {
			chosen = append(chosen, x)
		}
	}
	return chosen
}

// set writes names as the policy language does: one bare, several in braces.
func set(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "{ " + strings.Join(names, " ") + " }"
}
