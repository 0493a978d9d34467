/* What librdkafka costs without Go: the yardstick for threads and for CPU per message.
 *
 *   cbase threads consumer|producer N  key=value...   N idle, connected clients: how many threads has the process?
 *   cbase produce TOPIC N SIZE         key=value...   N messages of SIZE bytes, with delivery reports
 *   cbase consume TOPIC N              key=value...   N messages from the beginning of all partitions
 *
 * threads also takes topic=NAME among the settings: consumers are assigned the end of its partition 0. It prints one line when
 * all clients are idle and then waits until its standard input ends. All results are one line of JSON. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "rdkafka.h"

#define BATCH 10000
#define TIMEOUT_MS 60000

static void die(const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "cbase: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

/* Applies the settings key=value; returns the value of "topic", which is not librdkafka's. */
static const char *configure(rd_kafka_conf_t *conf, char **kv, int n) {
	const char *topic = NULL;
	char err[512];
	for (int i = 0; i < n; i++) {
		char key[256];
		const char *eq = strchr(kv[i], '=');
		if (!eq || (size_t)(eq - kv[i]) >= sizeof(key))
			die("setting \"%s\" is not key=value", kv[i]);
		memcpy(key, kv[i], (size_t)(eq - kv[i]));
		key[eq - kv[i]] = '\0';
		if (!strcmp(key, "topic"))
			topic = eq + 1;
		else if (rd_kafka_conf_set(conf, key, eq + 1, err, sizeof(err)) != RD_KAFKA_CONF_OK)
			die("%s: %s", kv[i], err);
	}
	return topic;
}

static rd_kafka_t *client(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
	char err[512];
	rd_kafka_t *rk = rd_kafka_new(type, conf, err, sizeof(err));
	if (!rk)
		die("cannot make a client: %s", err);
	return rk;
}

static double seconds(clockid_t clock) {
	struct timespec ts;
	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int threads_now(void) {
	char line[256];
	int n = -1;
	FILE *f = fopen("/proc/self/status", "r");
	if (!f)
		die("cannot read /proc/self/status: %s", strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Threads: %d", &n) == 1)
			break;
	fclose(f);
	if (n < 1)
		die("/proc/self/status names no number of threads");
	return n;
}

static void report(const char *mode, int64_t n, int64_t bytes, double wall, double cpu) {
	struct rusage ru;
	getrusage(RUSAGE_SELF, &ru);
	printf("{\"program\":\"c\",\"library\":\"librdkafka %s\",\"mode\":\"%s\",\"messages\":%" PRId64 ",\"bytes\":%" PRId64
	       ",\"cpu_us_per_message\":%.4f,\"wall_messages_per_second\":%.0f,\"peak_rss_bytes\":%ld}\n",
	       rd_kafka_version_str(), mode, n, bytes, cpu * 1e6 / (double)n, (double)n / wall, ru.ru_maxrss * 1024L);
}

/* Waits until an assigned consumer has come to the end of its partition: it then has fetched from the leader. */
static void await_eof(rd_kafka_t *rk) {
	double end = seconds(CLOCK_MONOTONIC) + TIMEOUT_MS / 1000.0;
	while (seconds(CLOCK_MONOTONIC) < end) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, 100);
		if (!m)
			continue;
		rd_kafka_resp_err_t err = m->err;
		rd_kafka_message_destroy(m);
		if (err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
			return;
	}
	die("%s did not come to the end of its partition", rd_kafka_name(rk));
}

static int run_threads(int argc, char **argv) {
	if (argc < 2)
		die("usage: cbase threads consumer|producer N key=value...");
	int consumer = !strcmp(argv[0], "consumer");
	int n = atoi(argv[1]);
	rd_kafka_t **rks = calloc((size_t)n, sizeof(*rks));
	for (int i = 0; i < n; i++) {
		rd_kafka_conf_t *conf = rd_kafka_conf_new();
		const char *topic = configure(conf, argv + 2, argc - 2);
		if (!topic)
			die("the setting topic=NAME is missing");
		rks[i] = client(consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf);
		if (consumer) {
			rd_kafka_topic_partition_list_t *l = rd_kafka_topic_partition_list_new(1);
			/* Not the committed offset: librdkafka 2.14.2 waits for ever for that of a partition that was
			 * assigned by hand when a young broker answers once that it is no coordinator yet. */
			rd_kafka_topic_partition_list_add(l, topic, 0)->offset = RD_KAFKA_OFFSET_END;
			rd_kafka_resp_err_t err = rd_kafka_assign(rks[i], l);
			if (err)
				die("assign: %s", rd_kafka_err2str(err));
			rd_kafka_topic_partition_list_destroy(l);
		}
	}
	for (int i = 0; i < n; i++) {
		if (consumer) {
			await_eof(rks[i]);
			continue;
		}
		const struct rd_kafka_metadata *md;
		rd_kafka_resp_err_t err = rd_kafka_metadata(rks[i], 0, NULL, &md, TIMEOUT_MS);
		if (err)
			die("metadata: %s", rd_kafka_err2str(err));
		rd_kafka_metadata_destroy(md);
	}
	/* Idle means that the number has stopped changing. */
	int last = threads_now();
	for (int same = 0; same < 10;) {
		usleep(100000);
		int now = threads_now();
		same = now == last ? same + 1 : 0;
		last = now;
	}
	printf("{\"program\":\"c\",\"mode\":\"threads\",\"clients\":%d,\"threads\":%d}\n", n, last);
	fflush(stdout);
	while (getchar() != EOF)
		;
	/* The process ends here: closing 200 clients one by one would measure nothing. */
	_exit(0);
}

/* Serves the events that have arrived; returns the number of reports. */
static int64_t serve(rd_kafka_queue_t *q, int timeout_ms) {
	int64_t got = 0;
	rd_kafka_event_t *ev;
	while ((ev = rd_kafka_queue_poll(q, got ? 0 : timeout_ms))) {
		const rd_kafka_message_t *msgs[BATCH];
		size_t n;
		while ((n = rd_kafka_event_message_array(ev, msgs, BATCH)) > 0)
			for (size_t i = 0; i < n; i++, got++)
				if (msgs[i]->err)
					die("delivery: %s", rd_kafka_err2str(msgs[i]->err));
		if (rd_kafka_event_type(ev) == RD_KAFKA_EVENT_ERROR)
			fprintf(stderr, "cbase: %s\n", rd_kafka_event_error_string(ev));
		rd_kafka_event_destroy(ev);
	}
	return got;
}

static int run_produce(int argc, char **argv) {
	if (argc < 3)
		die("usage: cbase produce TOPIC N SIZE key=value...");
	int64_t n = atoll(argv[1]), reports = 0;
	size_t size = (size_t)atoll(argv[2]);
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	configure(conf, argv + 3, argc - 3);
	rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
	char *value = malloc(size);
	memset(value, 'x', size);

	double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, conf);
	rd_kafka_queue_t *q = rd_kafka_queue_get_main(rk);
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, argv[0], NULL);
	for (int64_t i = 0; i < n;) {
		if (rd_kafka_produce(rkt, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, size, NULL, 0, NULL) == 0) {
			if (++i % BATCH == 0)
				reports += serve(q, 0);
		} else if (rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL)
			reports += serve(q, 100);
		else
			die("produce: %s", rd_kafka_err2str(rd_kafka_last_error()));
	}
	while (reports < n) {
		int64_t got = serve(q, TIMEOUT_MS);
		if (!got)
			die("%" PRId64 " of %" PRId64 " reports came", reports, n);
		reports += got;
	}
	report("produce", n, n * (int64_t)size, seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	rd_kafka_topic_destroy(rkt);
	rd_kafka_queue_destroy(q);
	rd_kafka_destroy(rk);
	free(value);
	return 0;
}

static int run_consume(int argc, char **argv) {
	if (argc < 2)
		die("usage: cbase consume TOPIC N key=value...");
	int64_t n = atoll(argv[1]), got = 0, bytes = 0;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	configure(conf, argv + 2, argc - 2);

	double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, conf);
	rd_kafka_poll_set_consumer(rk);
	rd_kafka_queue_t *q = rd_kafka_queue_get_consumer(rk);
	const struct rd_kafka_metadata *md;
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, argv[0], NULL);
	rd_kafka_resp_err_t err = rd_kafka_metadata(rk, 0, rkt, &md, TIMEOUT_MS);
	if (err)
		die("metadata: %s", rd_kafka_err2str(err));
	rd_kafka_topic_partition_list_t *l = rd_kafka_topic_partition_list_new(md->topics[0].partition_cnt);
	for (int i = 0; i < md->topics[0].partition_cnt; i++)
		rd_kafka_topic_partition_list_add(l, argv[0], i)->offset = RD_KAFKA_OFFSET_BEGINNING;
	rd_kafka_metadata_destroy(md);
	if ((err = rd_kafka_assign(rk, l)))
		die("assign: %s", rd_kafka_err2str(err));

	static rd_kafka_message_t *msgs[BATCH];
	double idle_since = wall;
	while (got < n) {
		ssize_t cnt = rd_kafka_consume_batch_queue(q, 1, msgs, BATCH);
		if (cnt < 0)
			die("consume: %s", rd_kafka_err2str(rd_kafka_last_error()));
		for (ssize_t i = 0; i < cnt; i++) {
			if (!msgs[i]->err) {
				got++;
				bytes += (int64_t)msgs[i]->len;
			}
			rd_kafka_message_destroy(msgs[i]);
		}
		double now = seconds(CLOCK_MONOTONIC);
		if (cnt > 0)
			idle_since = now;
		else if (now - idle_since > TIMEOUT_MS / 1000.0)
			die("%" PRId64 " of %" PRId64 " messages came", got, n);
	}
	report("consume", got, bytes, seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	rd_kafka_topic_partition_list_destroy(l);
	rd_kafka_topic_destroy(rkt);
	rd_kafka_queue_destroy(q);
	rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
	return 0;
}

int main(int argc, char **argv) {
	/* 200 clients hold thousands of descriptors; Go raises its limit by itself, too. */
	struct rlimit rl;
	if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
	if (argc > 1 && !strcmp(argv[1], "threads"))
		return run_threads(argc - 2, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "produce"))
		return run_produce(argc - 2, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "consume"))
		return run_consume(argc - 2, argv + 2);
	die("usage: cbase threads|produce|consume ... (see the head of cbase.c)");
}
