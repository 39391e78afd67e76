//! `--from-cloudwatch` as on a laptop: the built command with profiles, against a simulated region
//! that listens.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use region::Time;
use region::http;
use region::live::Live;
use region::region::{Region, Settings};
use region::services::{Control, PutMetricData};
use region::wiring::Wiring;
use serde_json::{Value, json};
use time::macros::datetime;
use tokio::runtime::Builder;

/// A whole minute.
const BEGAN: Time = datetime!(2026-11-26 09:00 UTC);

/// A region whose CloudWatch has a load test; it ends with the tests.
fn region() -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let now = BEGAN + time::Duration::hours(3);
            let region = Region::new(Wiring::default(), Settings::default(), 7, now);
            let live = Live::new(region, now);
            for data in sent() {
                let data = serde_json::from_value::<PutMetricData>(data).unwrap();
                live.with(|region, now| region.control(now, Control::PutMetricData(data))).unwrap();
            }
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            http::serve(listener, live, Wiring::default()).await
        })
    });
    told.recv().unwrap()
}

/// What AWS sends of the model's load test.
fn sent() -> Vec<Value> {
    let service = json!([
        {"Name": "ClusterName", "Value": "demo"}, {"Name": "ServiceName", "Value": "web"},
    ]);
    let targets = json!([
        {"Name": "TargetGroup", "Value": "targetgroup/web/01ab"},
        {"Name": "LoadBalancer", "Value": "app/front/01ab"},
    ]);
    let of = |one: &crate::model::Sample| {
        let at = BEGAN.unix_timestamp() + i64::from(one.time);
        [
            json!({"Namespace": "AWS/ECS", "MetricData": [
                {"MetricName": "CPUUtilization", "Dimensions": service, "Timestamp": at,
                    "Values": [one.cpu], "Counts": [one.tasks]},
            ]}),
            json!({"Namespace": "AWS/ApplicationELB", "MetricData": [
                {"MetricName": "RequestCount", "Dimensions": targets, "Timestamp": at,
                    "Value": 60.0 * one.demand},
                {"MetricName": "TargetResponseTime", "Dimensions": targets, "Timestamp": at,
                    "Value": one.p95},
            ]}),
        ]
    };
    crate::model::load_test(60).iter().flat_map(of).collect()
}

/// A way to `to` that keeps what is sent on it.
fn overheard(to: SocketAddr, late: Duration) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, mut server) = (client.unwrap(), TcpStream::connect(to).unwrap());
            let (mut back, mut from) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let kept = Arc::clone(&kept);
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = client.read(&mut buffer) {
                    let sent = buffer.get(..count).unwrap();
                    kept.lock().unwrap().extend_from_slice(sent);
                    server.write_all(sent).unwrap();
                }
            });
            thread::spawn(move || {
                thread::sleep(late);
                io::copy(&mut from, &mut back)
            });
        }
    });
    (address, heard)
}

/// Somebody's home, with a profile file.
struct Home {
    path: PathBuf,
    endpoint: SocketAddr,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Home {
    fn new(name: &str, profiles: &str) -> Self {
        Self::far(name, profiles, Duration::ZERO)
    }

    /// One so far from the region that each connection's first answer is so late.
    fn far(name: &str, profiles: &str, late: Duration) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("laptop").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join(".aws/sso/cache")).unwrap();
        let profiles = profiles.replace("HOME", &path.display().to_string());
        fs::write(path.join(".aws/config"), profiles).unwrap();
        // As a company's tool would ask somebody and answer.
        let process = "echo asked >> \"$1\"\ncat <<'JSON'\n{\"Version\": 1, \
            \"AccessKeyId\": \"AKIDPROCESS\", \"SecretAccessKey\": \"secret\", \
            \"SessionToken\": \"token\", \"Expiration\": \"2099-01-01T00:00:00Z\"}\nJSON\n";
        fs::write(path.join("process.sh"), process).unwrap();
        let (endpoint, heard) = overheard(region(), late);
        Self { path, endpoint, heard }
    }

    fn advise(&self, more: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut advisor = Command::new(env!("CARGO_BIN_EXE_metric-advisor"));
        advisor
            .env_clear()
            .env("HOME", &self.path)
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.endpoint))
            .envs(variables.iter().copied())
            .args(["advise", "--from-cloudwatch", "--cluster", "demo", "--service", "web"])
            .args(["--load-balancer", "app/front/01ab"])
            .args(["--target-group", "targetgroup/web/01ab"])
            .args(["--start", "2026-11-26T09:00:00Z", "--end", "2026-11-26T11:00:00Z"])
            .args(["--objective", "p95=1s", "--ramp", "10%/min"])
            .args(more);
        advisor.output().unwrap()
    }

    /// How the requests were signed: the key, the date, the Region and so on.
    fn signed(&self) -> Vec<String> {
        let heard = String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned();
        let scopes = heard.split("Credential=").skip(1);
        scopes.map(|rest| rest.split(',').next().unwrap().to_owned()).collect()
    }
}

#[track_caller]
fn recommends_cpu(output: &Output) {
    let answer = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{answer}{error}");
    assert!(answer.contains("ECSServiceAverageCPUUtilization"), "{answer}");
}

#[track_caller]
fn fails(output: &Output, words: &[&str]) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{error}");
    for word in words {
        assert!(error.contains(word), "no {word} in: {error}");
    }
}

const PROCESS: &str = "[profile tool]\nregion = eu-west-1\n\
                       credential_process = sh HOME/process.sh HOME/asked\n";

#[test]
fn a_profile_with_a_credential_process_and_a_region_is_enough() {
    let home = Home::new("process", PROCESS);
    recommends_cpu(&home.advise(&["--profile", "tool"], &[]));
    let signed = home.signed();
    assert!(!signed.is_empty());
    for scope in signed {
        let parts: Vec<&str> = scope.split('/').collect();
        assert_eq!((parts[0], parts[2], parts[3]), ("AKIDPROCESS", "eu-west-1", "monitoring"));
    }
    // It may ask for a code, so it runs once.
    assert_eq!(fs::read_to_string(home.path.join("asked")).unwrap(), "asked\n");
}

#[test]
fn an_answer_may_take_longer_than_a_function_would_wait() {
    let home = Home::far("far", PROCESS, Duration::from_secs(6));
    recommends_cpu(&home.advise(&["--profile", "tool"], &[]));
    assert_eq!(home.signed().len(), 1, "it asked again instead of waiting");
}

#[test]
fn the_profile_may_be_named_by_the_environment_and_the_region_by_an_option() {
    let home = Home::new("environment", PROCESS);
    recommends_cpu(&home.advise(&["--region", "us-west-2"], &[("AWS_PROFILE", "tool")]));
    assert!(home.signed()[0].contains("AKIDPROCESS/") && home.signed()[0].contains("/us-west-2/"));
}

#[test]
fn the_option_profile_prevails_over_keys_in_the_environment() {
    let home = Home::new("keys", PROCESS);
    let keys = [("AWS_ACCESS_KEY_ID", "AKIDOTHER"), ("AWS_SECRET_ACCESS_KEY", "other")];
    recommends_cpu(&home.advise(&["--profile", "tool"], &keys));
    assert!(home.signed()[0].starts_with("AKIDPROCESS/"));
    let home = Home::new("chain", PROCESS);
    recommends_cpu(&home.advise(&["--region", "eu-west-1"], &keys));
    assert!(home.signed()[0].starts_with("AKIDOTHER/"));
}

#[test]
fn without_credentials_it_says_where_they_are_set() {
    let home = Home::new("none", "[profile other]\nregion = eu-west-1\n");
    let none = home.advise(&["--region", "eu-west-1"], &[]);
    fails(&none, &["no credentials", "--profile", "AWS_ACCESS_KEY_ID", "aws configure"]);
    let unknown = home.advise(&["--region", "eu-west-1", "--profile", "toll"], &[]);
    fails(&unknown, &["profile toll", "was not defined"]);
}

#[test]
fn a_credential_process_that_fails_is_told_with_its_own_words() {
    let home = Home::new(
        "fails",
        "[profile tool]\nregion = eu-west-1\n\
        credential_process = sh -c 'echo the card is not inserted >&2; exit 3'\n",
    );
    fails(&home.advise(&["--profile", "tool"], &[]), &["profile tool", "the card is not inserted"]);
}

const SSO: &str = "[sso-session work]\nsso_region = eu-west-1\n\
    sso_start_url = https://work.awsapps.example/start\nsso_registration_scopes = sso:account:access\n\
    [profile dev]\nregion = eu-west-1\nsso_session = work\nsso_account_id = 123456789012\n\
    sso_role_name = Reader\n\
    [profile role]\nregion = eu-west-1\nsource_profile = dev\n\
    role_arn = arn:aws:iam::123456789012:role/reader\n";

#[test]
fn sso_that_was_never_logged_in_says_the_command() {
    let home = Home::new("sso", SSO);
    fails(&home.advise(&["--profile", "dev"], &[]), &["`aws sso login --profile dev`"]);
    fails(&home.advise(&[], &[("AWS_PROFILE", "dev")]), &["`aws sso login --profile dev`"]);
    // A role's own profile has nothing to log in to.
    fails(&home.advise(&["--profile", "role"], &[]), &["`aws sso login --profile dev`"]);
}

#[test]
fn sso_that_has_expired_says_the_command() {
    let home = Home::new("expired", SSO);
    // The file that `aws sso login` writes is named by the SHA-1 of the session's name.
    let token = json!({"startUrl": "https://work.awsapps.example/start", "region": "eu-west-1",
        "accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z"});
    let hash = Command::new("sh").args(["-c", "printf work | sha1sum"]).output().unwrap();
    let hash = String::from_utf8(hash.stdout).unwrap();
    let file = format!(".aws/sso/cache/{}.json", hash.split(' ').next().unwrap());
    fs::write(home.path.join(file), token.to_string()).unwrap();
    let said = home.advise(&["--profile", "dev"], &[]);
    fails(&said, &["has expired", "`aws sso login --profile dev`"]);
}
