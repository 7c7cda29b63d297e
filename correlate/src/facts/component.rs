//! Which component of a system a setting configures or an error comes from: the database, the
//! cache, the broker. A lowered time-out of the mail server explains no slow query.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::rank::words::parts;

/// A set of [`COMPONENTS`], one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Components(u32);

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
      "jooq", "cockroach", "crdb", "vitess", "rds", "aurora"],
    // Redis and its kin
    &["redis", "ioredis", "jedis", "lettuce", "redix", "hiredis", "valkey", "stackexchange", "predis", "phpredis",
        "redisson", "rediss", "keydb", "maxclient", "maxmemory", "elasticache", "goredis", "upstash", "memcached",
        "memcache", "dalli", "pylibmc", "pymemcache"],
    &["mongo", "mongodb", "mongoose", "pymongo", "mongoid", "bson", "mongod", "documentdb", "mongoservererror",
        "mongoserverselectionerror", "mgo"],
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
    &["celery", "sidekiq", "resque", "bullmq", "bull", "oban", "hangfire", "quartz", "rq", "dramatiq", "huey",
        "delayedjob", "goodjob", "solidqueue", "airflow", "faktory", "asynq", "machinery"],
    &["wkhtmltopdf", "weasyprint", "chromium", "puppeteer", "playwright", "chrome", "headless", "cairo", "pango",
        "imagemagick", "magick", "sharp", "pillow", "pil", "ffmpeg", "libreoffice", "ghostscript", "gotenberg",
        "fontconfig", "grover", "prawn", "pdfkit", "reportlab", "dompdf", "skia", "skiasharp", "tesseract",
        "poppler", "graphviz"],
    &["vault", "consul", "etcd", "zookeeper", "secretsmanager", "ssm", "keyvault"],
    &["mqtt", "mosquitto", "paho", "pulsar", "sqs", "sns", "pubsub", "kinesis", "eventhub", "servicebus",
        "eventbridge", "stomp", "activemq", "artemis", "zeromq", "nsq"],
    &["cassandra", "scylla", "dynamodb", "dynamo", "bigtable", "couchbase", "couchdb", "neo4j", "clickhouse",
        "snowflake", "bigquery", "influxdb", "influx", "timescale", "hbase", "cosmo", "cosmosdb", "firestore",
        "duckdb"],
    &["stripe", "paypal", "adyen", "braintree"],
    &["twilio", "vonage", "slack", "telegram", "discord", "firebase", "fcm", "apn"],
];

/// Longest name of a component, in bytes.
const LONGEST: usize = 24;

/// The components of each name, as bits.
static BY_NAME: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let mut components = HashMap::new();
    for (bit, names) in COMPONENTS.iter().enumerate() {
        for name in *names {
            *components.entry(*name).or_default() |= 1 << bit;
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

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether both name a component.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
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
    }
}
