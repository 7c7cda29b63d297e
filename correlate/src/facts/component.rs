//! Which component of a system a setting configures or an error comes from: the database, the
//! cache, the broker. A lowered time-out of the mail server explains no slow query.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::rank::words::parts;

/// A set of [`COMPONENTS`] and [`PRODUCTS`], one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Components(u64);

/// Names of products, client libraries and their parts, in lower case, run together and without
/// plural `s`, by component. Words of everyday language are left out.
#[rustfmt::skip]
const COMPONENTS: &[&[&str]] = &[
    // SQL databases, their drivers, mappers and pools
    &["postgre", "postgres", "postgresql", "pg", "pgbouncer", "pgpool", "psycopg", "psycopg2", "asyncpg", "pgx",
        "pgxpool", "pq", "npgsql", "postgrex", "mysql", "mysql2", "pymysql", "mysqldb", "mysqlclient", "mysqld",
        "mariadb", "myxql", "mysqlconnector", "innodb",
      "sqlite", "sqlite3", "mssql", "sqlserver", "sqlclient", "odbc", "pyodbc", "ora", "oracledb", "sql",
      "database", "db", "rdb", "datasource", "jdbc", "hikari", "hikaricp", "hikaripool", "queuepool", "sqlalchemy",
      "activerecord", "ecto", "repo", "dbconnection", "sqlx", "diesel", "gorm",
      "prisma", "sequelize", "knex", "tarn", "typeorm", "drizzle", "entityframework", "entityframeworkcore",
      "efcore", "dapper", "doctrine", "eloquent", "pdo", "hibernate", "jpa", "mybatis", "flyway", "liquibase",
      "alembic", "migration", "queryexception", "sqlstate", "statement", "relation", "dbapi", "dbal", "deadpool",
      "jooq", "cockroach", "crdb", "vitess", "rds", "aurora", "oban", "solidqueue", "goodjob", "delayedjob",
      "hangfire", "partman", "tns", "supavisor", "pgcat", "proxysql"],
    // Redis and its kin
    &["redis", "ioredis", "jedis", "lettuce", "redix", "hiredis", "valkey", "stackexchange", "predis", "phpredis",
        "redisson", "rediss", "keydb", "maxclient", "maxmemory", "elasticache", "bullmq", "bull", "sidekiq", "resque", "rq", "huey", "asynq",
        "horizon", "arq", "taskiq", "goredis", "upstash", "memcached",
        "memcache", "dalli", "pylibmc", "pymemcache"],
    &["mongo", "mongodb", "mongoose", "pymongo", "mongoid", "bson", "mongod", "documentdb", "mongoservererror",
        "mongoserverselectionerror", "mgo", "mongos", "replset"],
    &["kafka", "kafkaj", "kafkajs", "rdkafka", "librdkafka", "sarama", "confluent", "zookeeper", "redpanda",
        "aiokafka", "brod", "broadway", "segmentio", "msk", "schemaregistry", "kstream"],
    &["rabbit", "rabbitmq", "amqp", "amqplib", "amqpconnectionmanager", "pika", "aiopika", "bunny", "sneaker",
        "kombu", "masstransit", "lapin", "vhost", "easynetq", "puka", "easyamqp"],
    &["elasticsearch", "elastic", "opensearch", "solr", "lucene", "meilisearch", "searchkick", "typesense",
        "algolia", "elastica"],
    &["s3", "bucket", "minio", "gcs", "blob", "boto", "boto3", "botocore", "activestorage", "multipart",
        "objectstore", "r2", "s3client", "shrine", "paperclip", "flysystem"],
    &["smtp", "mailer", "mail", "email", "nodemailer", "sendgrid", "postfix", "imap", "pop3", "actionmailer",
        "smtplib", "aiosmtplib", "mailgun", "swiftmailer", "postmark", "mailkit", "bamboo", "lettre", "starttl",
        "mailhog"],
    &["grpc", "grpcio", "protobuf", "proto", "tonic", "grpcclient", "twirp"],
    &["ldap", "saml", "oidc", "oauth", "oauth2", "jwt", "jwk", "jwks", "jsonwebtoken", "jose", "pyjwt", "authlib",
        "keycloak", "okta", "auth0", "devise", "omniauth", "guardian", "issuer", "audience", "openid", "cognito",
        "idp", "sso"],
    &["sftp", "ssh", "ftp", "ftps", "paramiko", "libssh", "sshd", "asyncssh"],
    &["celery", "kombu", "billiard", "horizon", "sidekiq", "resque", "bullmq", "bull", "oban", "hangfire", "quartz", "rq", "dramatiq", "huey",
        "delayedjob", "goodjob", "solidqueue", "airflow", "faktory", "asynq", "machinery"],
    &["wkhtmltopdf", "weasyprint", "chromium", "puppeteer", "playwright", "chrome", "headless", "cairo", "pango",
        "imagemagick", "magick", "sharp", "pillow", "pil", "ffmpeg", "libreoffice", "ghostscript", "gotenberg",
        "fontconfig", "grover", "prawn", "pdfkit", "reportlab", "dompdf", "skia", "skiasharp", "tesseract",
        "poppler", "graphviz"],
    &["vault", "consul", "etcd", "zookeeper", "secretsmanager", "ssm", "keyvault", "kms"],
    &["activemq", "artemis", "stomp", "zeromq"],
    &["eventbridge", "kinesis", "sns", "sqs", "shoryuken"],
    &["eventhub", "servicebus"],
    &["mosquitto", "mqtt", "paho"],
    &["jetstream", "nat"],
    &["nsq", "pubsub", "pulsar"],
    &["bigquery", "bigtable", "firestore"],
    &["cassandra", "datastax", "hbase", "scylla"],
    &["clickhouse", "duckdb"],
    &["cosmo", "cosmosdb", "couchbase", "couchdb", "neo4j"],
    &["dynamo", "dynamodb"],
    &["influx", "influxdb", "timescale"],
    &["snowflake"],
    &["stripe", "paypal", "adyen", "braintree"],
    &["twilio", "vonage", "slack", "telegram", "discord", "firebase", "fcm", "apn"],
    // Clients of HTTP, and what stands between them and servers
    &["http", "requests", "urllib3", "httpx", "httpcore", "aiohttp", "axios", "undici", "got", "nodefetch",
        "superagent", "okhttp", "okhttp3", "retrofit", "resttemplate", "webclient", "feign", "faraday", "httparty",
        "restclient", "typhoeus", "excon", "guzzle", "guzzlehttp", "reqwest", "hyper", "httpclient", "httpoison",
        "tesla", "nginx", "haproxy", "envoy", "traefik", "istio", "caddy", "varnish", "proxy", "upstream",
        "virtualservice", "destinationrule", "coyote"],
    // Names of hosts
    &["dns", "resolver", "ndot", "getaddrinfo", "gaierror", "coredns", "nxdomain", "servfail", "resolv", "nameserver"],
    // What the program encrypts and signs for itself
    &["fernet", "encryptor", "encrypter", "encryption", "decrypt", "cryptography", "dataprotection", "antiforgery",
        "keyring", "csrf", "cookie", "appkey", "messageverifier", "hashid"],
];

/// Well-known ports, and a name of the component that listens there.
const PORTS: &[(&str, &str)] = &[
    ("25", "smtp"),
    ("465", "smtp"),
    ("587", "smtp"),
    ("2525", "smtp"),
    ("143", "imap"),
    ("993", "imap"),
    ("53", "dns"),
    ("22", "ssh"),
    ("21", "ftp"),
    ("389", "ldap"),
    ("636", "ldap"),
    ("80", "http"),
    ("443", "http"),
    ("8080", "http"),
    ("8443", "http"),
    ("1433", "mssql"),
    ("1521", "ora"),
    ("3306", "mysql"),
    ("5432", "postgres"),
    ("6432", "pgbouncer"),
    ("6379", "redis"),
    ("6380", "redis"),
    ("26379", "redis"),
    ("11211", "memcached"),
    ("27017", "mongo"),
    ("9092", "kafka"),
    ("9093", "kafka"),
    ("9094", "kafka"),
    ("2181", "zookeeper"),
    ("8081", "schemaregistry"),
    ("5671", "amqp"),
    ("5672", "amqp"),
    ("15672", "rabbitmq"),
    ("9200", "elasticsearch"),
    ("9300", "elasticsearch"),
    ("9000", "minio"),
    ("8200", "vault"),
    ("2379", "etcd"),
    ("8500", "consul"),
    ("50051", "grpc"),
    ("1883", "mqtt"),
    ("8883", "mqtt"),
    ("9042", "cassandra"),
    ("8123", "clickhouse"),
    ("7687", "neo4j"),
];

/// Names of the servers that speak SQL, their drivers and files: who names one means no other.
#[rustfmt::skip]
const PRODUCTS: &[&[&str]] = &[
    &["postgre", "postgres", "postgresql", "pg", "pgbouncer", "pgpool", "pgcat", "supavisor", "psycopg", "psycopg2",
        "asyncpg", "pgx", "pgxpool", "pq", "npgsql", "postgrex", "partman", "timescale", "cockroach"],
    &["mysql", "mysql2", "pymysql", "mysqldb", "mysqlclient", "mysqld", "mariadb", "myxql", "mysqlconnector",
        "innodb", "mycnf", "vitess", "proxysql"],
    &["sqlite", "sqlite3"],
    &["mssql", "sqlserver", "sqlclient"],
    &["ora", "oracledb", "ojdbc", "tns"],
];

/// The bit of all that speak SQL, which stands first.
const SQL: u64 = 1;

/// Longest name of a component, in bytes.
const LONGEST: usize = 24;

/// The components of each name, as bits.
static BY_NAME: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| {
    let mut components = HashMap::new();
    for (bit, names) in COMPONENTS.iter().chain(PRODUCTS).enumerate() {
        let all = if bit >= COMPONENTS.len() { SQL } else { 0 };
        for name in *names {
            *components.entry(*name).or_default() |= 1 << bit | all;
        }
    }
    components
});

impl Components {
    /// The components that a name, path or key mentions.
    pub(crate) fn of(text: &str) -> Self {
        Self::of_parts(&parts(text))
    }

    /// The components that words in lower case name; words that stand together name one, too.
    pub(crate) fn of_parts(parts: &[String]) -> Self {
        let bits = |word: &str| BY_NAME.get(word).copied().unwrap_or(0);
        let mut found = 0;
        for (at, part) in parts.iter().enumerate() {
            found |= bits(part);
            if let Some(next) = parts.get(at + 1).filter(|next| part.len() + next.len() <= LONGEST)
            {
                found |= bits(&format!("{part}{next}"));
            }
        }
        Self(found)
    }

    /// The component that listens at the port which a value is or ends in: `5432`, `pg.internal:5432`.
    pub(crate) fn of_port(value: &str) -> Self {
        let port = value.rsplit_once(':').map_or(value, |(_, port)| port);
        let port = port.split('/').next().unwrap_or(port);
        // Nearly all values are none.
        if !(2..=5).contains(&port.len()) || !port.bytes().all(|b| b.is_ascii_digit()) {
            return Self::default();
        }
        let known = PORTS.iter().find(|(known, _)| *known == port);
        Self(known.and_then(|(_, name)| BY_NAME.get(name)).copied().unwrap_or(0))
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether both name a component.
    pub(crate) fn meets(self, other: Self) -> bool {
        let products = |of: Self| of.0 >> COMPONENTS.len();
        let both = self.0 & other.0;
        // Settings of one server explain no error of another.
        let apart = products(self) != 0 && products(other) != 0;
        if both == SQL && apart { false } else { both != 0 }
    }
}

impl std::ops::BitOr for Components {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_errors_name_the_same_component() {
        for (setting, error) in [
            (
                "spring.datasource.hikari.maximum-pool-size",
                "HikariPool-1 - Connection is not available",
            ),
            ("REDIS_URL", "ioredis: connect ECONNREFUSED"),
            ("config/sidekiq.yml", "Sidekiq::Shutdown"),
            ("deploy/rabbitmq.conf", "amqplib/callback_model.js"),
            ("kafka.max.request.size", "org.apache.kafka.common.errors.RecordTooLargeException"),
            ("db.statement_timeout", "psycopg2.errors.QueryCanceled"),
        ] {
            assert!(Components::of(setting).meets(Components::of(error)), "{setting} {error}");
        }
        assert!(!Components::of("smtp.timeout").meets(Components::of("sqlalchemy.exc.Error")));
        assert!(Components::of("request_timeout").is_empty());
        let innodb = Components::of("innodb_lock_wait_timeout");
        assert!(
            innodb.meets(Components::of("pymysql")) && innodb.meets(Components::of("database"))
        );
        assert!(!innodb.meets(Components::of("psycopg")));
        assert!(Components::of_port("pg.internal:5432").meets(Components::of("psycopg2")));
        assert!(Components::of_port("587").meets(Components::of("smtplib")));
        assert!(Components::of_port("postgres://pg:5432/shop").meets(Components::of("psycopg")));
        assert!(Components::of_port("12").is_empty());
    }
}
