//! Errors about what there is too little of: connections, memory, room, time.

use super::{ErrorClass as C, Phrases};

#[rustfmt::skip]
pub(super) const PHRASES: &[Phrases] = &[
    Phrases { class: C::TooManyClients, sure: &[
        "connection slots", "too many connections", "too many clients", "max number of clients", "remaining connection slots", "max_user_connections", "max client connections", "max_client_conn", "max clients reached", "max connections", "maximum number of connections", "channel_max", "channelmax", "number of connections exceeded", "no more connections allowed", "err max number of clients", "user has more than", "connection limit exceeded", "too many sessions", "ora-00018", "ora-00020",
    ], hints: &[] },
    Phrases { class: C::PoolExhausted, sure: &[
        // SQL pools: SQLAlchemy, Hikari, DBCP, c3p0, Tomcat, Prisma, Sequelize, Knex/tarn, node-pg, TypeORM, Ecto,
        // ActiveRecord, ADO.NET, sqlx, r2d2, deadpool, bb8, pgx, HikariCP, pgbouncer
        "queuepool limit", "pool has been exhausted", "from the connection pool", "connection from the pool", "connection from pool",
        "from the pool within", "pooled connections", "connection pool is", "pool size", "pool exhausted", "connection pool exhausted",
        "connection pool timeout", "pool is full", "pool timed out", "pooltimeout", "pool timeout", "poolexhausted", "poolerror",
        "connection is not available, request timed out", "timeout acquiring a connection", "could not obtain a database connection",
        "could not obtain a connection", "acquire timeout", "resourcerequest timed out", "cannot get a connection", "unable to fetch a connection",
        "cannot acquire", "failed to acquire", "unable to acquire", "acquire connection", "acquireconnection", "acquiretimeout",
        "timeout waiting for idle object", "connectionpooltimeout", "unable to check out", "obtaining a connection from the pool",
        "all pooled connections", "poolexhaustedexception", "pool is draining", "pool overlap", "checkout timeout", "checking out a connection",
        "dropped from queue", "queue is empty after", "connection not available and request was dropped", "poolinitialization",
        "no connections available", "no available connection", "no more connections", "no free connection", "no idle connection",
        "exhausted pool", "pool is exhausted", "waiting for a connection", "wait for connection", "waitqueuetimeout", "waitqueuefull",
        "connectionlimitexceeded", "query_wait_timeout", "pool.acquire", "sockets queued",
        
        
        "connection limit", "no more channels", "maximum pool",
        // threads and processes
        "rejectedexecution", "rejected execution", "thread pool", "threadpool", "can't start new thread", "unable to create new native thread",
        "unable to create native thread", "can't create thread", "failed to create thread", "resource temporarily unavailable", "eagain", "fork failed",
        "bulkhead", "no worker", "no available worker", "workers are busy", "listen queue", "pthread_create failed", "too many processes",
        "task queue is full", "semaphore", "executor",
    ], hints: &["no free", "no idle", "pool", "slots", "exhausted"] },
    Phrases { class: C::RateLimited, sure: &[
        "rate limit", "ratelimit", "rate_limit", "rate exceeded", "too many requests", "too_many_requests", "toomanyrequests", "throttl", "quota exceeded", "quotaexceeded",
        "slow down", "slowdown", "requestlimitexceeded", "requestthrottled", "retry in", "retry-after", "retry after", "provisionedthroughputexceeded",
        "over_query_limit", "daily limit", "exceeded the rate", "requests per second", "requests per minute", "concurrency limit", "limitexceededexception",
        "circuitbreaker", "circuit breaker", "callnotpermitted", "brokencircuit",
    ], hints: &["quota", "resource_exhausted", "resourceexhausted"] },
    Phrases { class: C::OutOfMemory, sure: &[
        "out of memory", "outofmemory", "oom", "oomkilled", "oom-kill", "memoryerror", "cannot allocate memory", "can't allocate", "heap space", "heap limit",
        "heap out of memory", "allocation failed", "enomem", "gc overhead", "allowed memory size", "command not allowed when used memory", "maxmemory",
        "memory limit", "shared memory segment", "could not resize shared memory", "bad_alloc", "nomemoryerror", "metaspace", "direct buffer memory", "failed to allocate",
        "memory exhausted", "not enough memory", "insufficient memory", "memory allocation", "err_memory", "invalid array length", "array buffer allocation",
        "circuit_breaking", "sigkill", "signal 9", "exit code 137", "worker was sent sigkill", "unable to allocate", "memory_limit", "workerlosterror", "work_mem",
        "exceeds available memory", "memory use", "maximum memory", "err_worker_out_of_memory", "capacity overflow",
    ], hints: &["memory"] },
    Phrases { class: C::LimitExceeded, sure: &[
        // files, stack
        "too many open files", "emfile", "enfile", "recursion depth", "recursionerror", "stack level too deep", "systemstackerror", "maximum call stack", "stackoverflow",
        "stack overflow", "insufficientexecutionstack", "maximum function nesting", "inotify watches", "inotify instances", "enospc", "no space left", "disk quota", "edquot",
        "disk full", "disk is full", "file too large", "efbig", "filename too long", "enametoolong", "e2big", "argument list too long", "misconf", "disk usage exceeded",
        "write_too_much", "ephemeral storage", "ephemeral-storage", "max_map_count", "max virtual memory areas",
        // requests and bodies
        "too many fields", "toomanyfields", "entity too large", "entitytoolarge", "payload too large", "payloadtoolarge", "request body too large", "body too large", "requestdatatoobig",
        "request entity", "too large", "toolarge", "too big", "toobig", "payload too", "header too", "headers too", "header overflow", "headerstoolarge", "uri too long", "header fields too large", "upload_max",
        "post_max_size", "maxuploadsize", "max_input_vars", "lineoverrun", "hpe_header_overflow", "maxbodylength", "maxcontentlength", "maximum response size",
        "maximum request length", "bodytoolarge", "limit_file_size", "multipart: ", "multipartexception", "filetoolarge", "decompression bomb", "image size",
        // messages and batches
        "message size", "larger than max", "larger than the maximum", "recordtoolarge", "record_too_large", "message_too_large", "messagesizetoolarge", "recordbatchtoolarge",
        "max_allowed_packet", "packet for query is too large", "packet too large", "packettoobig", "frame_too_large", "frame size", "toolongframe", "max frame", "message too large", "message too big",
        "bsonobjecttoolarge", "document too large", "bson size", "exceeds the maximum", "exceeds maximum", "exceeded maximum", "exceeds max", "exceeds limit", "exceeds the limit", "exceeded the limit", "exceeds the configured", "exceeds the allowed",
        "result window is too large", "limit of total fields", "limit of nested", "too_many_buckets", "too_many_clauses", "too many clauses", "maxclausecount", "maximum shards open", "max_result_window", "es_rejected_execution",
        "row size too large", "specified key was too long", "too many columns", "too many sql variables", "too many parameters", "bind message has", "statement too complex", "too many rows", "program limit exceeded",
        "query is too complex", "query complexity", "exceeds maximum operation depth", "maximum depth", "depth limit", "max depth", "nesting of", "too many aliases", "maxaliases", "limit reached", "size limit", "limit exceeded", "limitexceeded", "over the limit",
        "exceeded limit", "max number", "maximum number", "maximum size", "max size", "maximum length", "maxlength", "queue full", "queue is full", "queuefull", "queue.full", "buffer is full", "buffer full", "bufferexhausted", "buffer overflow", "buffer limit",
        "maximum redirect", "too many redirects", "toomanyredirects", "err_too_many_redirects", "exceeded 30 redirects", "max redirects", "limitoverrun", "chunk exceed", "chunk too", "field larger than field limit", "exceeds 4300 digits", "set_int_max_str_digits",
        "cookie too", "cookieoverflow", "item too large", "value too large", "object too large", "max value length", "maxdocuments",
    ], hints: &["exceeded", "exceeds", "too long", "too many", "limit is", "limit of", "larger than", "at most", "maximum", "overflow"] },
    Phrases { class: C::Locked, sure: &[
        "database is locked", "table is locked", "deadlock", "lock wait timeout", "could not obtain lock", "lock timeout", "locktimeout", "locknotavailable", "lock_not_available",
        "resource busy", "ebusy", "could not serialize", "serialization failure", "serializationfailure", "lockerror", "lock error", "unable to acquire lock", "acquire lock", "acquire the lock", "cannot acquire lock",
        "sqlite_busy", "is locked", "resource_locked", "resource-locked", "write conflict", "writeconflict", "optimistic lock", "optimisticlock", "staleobject", "stale object", "staledata", "stale element", "version conflict", "version_conflict",
        "dbupdateconcurrency", "concurrentmodification", "transaction aborted", "transaction was deadlocked", "snapshot isolation", "lock request time out", "redlock", "lockconflict", "text file busy", "being used by another process",
        "lost lock", "cannot extend", "preempted", "fenced", "producerfenced", "instancefenced",
    ], hints: &["locked", "lock"] },
    Phrases { class: C::Timeout, sure: &[
        "querycanceled", "query_canceled", "canceling statement due to", "canceled due to", "operation was canceled", "taskcanceled", "was cancelled", "elapsing", "receive_timeout",
        "timeout", "timed out", "timedout", "time out", "time-out", "deadline exceeded", "deadlineexceeded", "deadline_exceeded", "deadline has elapsed", "etimedout", "esockettimedout", "econnaborted", "took too long",
        "time limit", "timelimit", "operation was aborted", "aborterror", "lock wait", "context canceled", "operationcancelled", "maxtimems", "max_execution_time", "maximum execution time", "maximum statement execution time",
        "softtimelimit", "worker timeout", "harakiri", "exceeded your interval", "poll interval", "max.poll.interval", "commitfailed", "commit cannot be completed", "group has already rebalanced", "rebalanceinprogress", "session expired", "missed heartbeat", "heartbeat",
        "idle-in-transaction", "idle in transaction", "idle_in_transaction", "temporarily overloaded", "did not respond", "no response within", "not respond in time", "expired before", "elapsed", "failed to update metadata",
        "not present in metadata", "expiring ", "stalled more than", "function_invocation_timeout", "acknowledgement on channel", "busy timeout", "watchdog", "idle for", "jobtimeout", "hung", "upstream request timeout",
    ], hints: &["deadline", "expired", "slow"] },
];
