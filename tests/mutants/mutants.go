package main

// mutants are the broken variants. Each is a defect that this library once had, that others have, or that would lose
// messages without a sign.
var mutants = []mutant{
	{
		name: "expected-offset-filter", what: "messages that librdkafka fetched again are handed out again",
		file: "kafka/reader.go",
		old:  "case offset >= p.low && (p.epoch < 0 || epoch <= p.epoch):\n\t\treturn false",
		new:  "case offset >= p.low && (p.epoch < 0 || epoch <= p.epoch):\n\t\tp.next = offset\n\t\treturn true",
		pkg:  "./kafka", test: "TestReader_fetchedAgain",
	},
	{
		name: "stale-buffer-after-revoke", what: "buffered messages of a revoked partition are handed out",
		file: "kafka/rebalance.go",
		old:  "p.revoked = true", new: "_ = p.revoked",
		pkg: "./kafka", test: "TestReader_readWhileRevoking",
	},
	{
		name: "keep-alive-from-a-timer", what: "the poller polls for an application that is stuck",
		file: "kafka/consumer.go",
		old:  "	c.r.notify()\n	now := time.Now()\n",
		new:  "	c.r.notify()\n	c.fetch[1].Poll(c.rk, c.queue, 0)\n	now := time.Now()\n",
		pkg:  "./tests/integration", test: "TestMaxPoll_stuckApplicationIsThrownOut",
	},
	{
		name: "offset-stored-before-hand-out", what: "what is only buffered counts as read",
		file: "kafka/offsets.go",
		old:  "				tp.Offset, tp.LeaderEpoch = p.next, p.epoch\n",
		new:  "				tp.Offset, tp.LeaderEpoch = p.next, p.epoch\n				if n := len(r.buf); n > 0 {\n					tp.Offset = r.buf[n-1].Offset + 1\n				}\n",
		pkg:  "./kafka", test: "TestOffsets_onlyWhatWasHandedOut",
	},
	{
		name: "slot-without-generation", what: "a report with a stale number takes another message's slot",
		file: "kafka/slots.go",
		old:  "return uint64(s.gen)<<32 | uint64(i) + 1", new: "return uint64(i) + 1",
		pkg: "./kafka", test: "TestSlots_staleNumbers",
	},
	{
		name: "descriptor-closed-while-enabled", what: "librdkafka writes wake-ups to a descriptor that was closed",
		file: "kafka/client.go",
		old:  "			q.SetWake(nil)\n			q.Destroy()\n", new: "			c.wake.Close()\n			q.Destroy()\n",
		pkg: "./kafka", test: "TestProducer_closeInTheBackground", flags: []string{"-tags=rdkafka_debug"},
	},
	{
		name: "yield-in-rebalance-callback", what: "the batch call drops what comes after a rebalance",
		file: "rdkafka/shim_stash.c",
		old:  "        pthread_mutex_lock(&st->lock);\n        *st->reb_tail = r;",
		new:  "        rd_kafka_yield(rk);\n        pthread_mutex_lock(&st->lock);\n        *st->reb_tail = r;",
		pkg:  "./rdkafka", test: "TestStash_nothingLostBehindARebalance",
	},
	{
		name: "transaction-class-dropped", what: "an abortable error does not say so",
		file: "kafka/client.go",
		old:  "e.Retriable, e.TxnRequiresAbort)", new: "e.Retriable, false)",
		pkg: "./kafka", test: "TestTransaction_errorClasses",
	},
	{
		name: "purge-without-report", what: "purged messages get no report",
		file: "kafka/report.go",
		old:  "			case !p.conf.deliveryReports:\n",
		new:  "			case !p.conf.deliveryReports, r.Err == -152:\n",
		pkg:  "./kafka", test: "TestProducer_Purge",
	},
	{
		name: "report-dropped", what: "the last report of each event is lost",
		file: "kafka/report.go",
		old:  "		for i := range reports {\n			r, s := &reports[i], &p.taken[i]\n",
		new:  "		for i := range reports {\n			if i == 200 {\n				continue\n			}\n			r, s := &reports[i], &p.taken[i]\n",
		pkg:  "./kafka", test: "TestDeliveries",
	},
	{
		name: "secret-in-an-error", what: "an error text repeats a value that may be a secret",
		file: "kafka/oidc_config.go",
		old:  "has a zero byte in its value: take it out\"", new: "has a zero byte in its value: take it out \" + value + \"\"",
		pkg: "./kafka", test: "TestOIDCConf_set",
	},
	{
		name: "cloexec-missing", what: "a child process inherits the wake-up descriptor",
		file: "rdkafka/wake_linux.go",
		old:  "unix.EFD_CLOEXEC|unix.EFD_NONBLOCK", new: "unix.EFD_NONBLOCK",
		pkg: "./kafka", test: "TestChildren_inheritNothing",
	},
	{
		name: "object-not-destroyed", what: "a queue is never given back to librdkafka",
		file: "kafka/client.go",
		old:  "			q.SetWake(nil)\n			q.Destroy()\n", new: "			q.SetWake(nil)\n",
		pkg: "./kafka", test: "TestProducer_closeWhileProducing", flags: []string{"-tags=rdkafka_debug"},
	},
	{
		name: "close-waits-for-a-reader", what: "Close waits until somebody reads the delivery channel",
		file: "kafka/producerclose.go",
		old:  "		close(p.stopBoxes)\n",
		new:  "		for _, box := range p.boxes {\n			for box.busy() {\n				time.Sleep(time.Millisecond)\n			}\n		}\n		close(p.stopBoxes)\n",
		pkg:  "./kafka", test: "TestProducer_closeCountsUnreadReports",
	},
	{
		name: "commit-to-an-ending-group", what: "a commit reaches librdkafka's group handler as it ends, and aborts the process",
		file: "kafka/offsets.go",
		old:  "		c.group.call(func() { err = fromRD(c.rk.CommitAsync(parts, c.main, id)) })\n",
		new:  "		err = fromRD(c.rk.CommitAsync(parts, c.main, id))\n",
		pkg:  "./kafka", test: "TestConsumer_closeWhileCommitting",
	},
	{
		name: "brokers-not-added-again", what: "a client whose brokers were all forgotten stays away",
		file: "kafka/rebootstrap.go",
		old:  "	rk.AddBrokers(b.servers)\n", new: "",
		pkg: "./tests/integration", test: "TestRebootstrap_lastBrokerLeft",
	},
}
