//! Its kinds of service, each by the metric that it says is right.

use super::ladder::{Gauge, Service};
use advice::advice::{Fit, Pattern, Rejection, Verdict};
use load_test::{Kind, Unit};

fn idle_cpu() -> Gauge {
    Gauge("cpu", Kind::Cpu, Unit::Percent, |at| 0.5 * at.served())
}

fn busy_cpu() -> Gauge {
    Gauge("cpu", Kind::Cpu, Unit::Percent, |at| 1.8 * at.served())
}

fn memory_of_requests() -> Gauge {
    Gauge("memory", Kind::Memory, Unit::Percent, |at| 1.7 * at.served())
}

/// A raw count over all tasks.
fn workers() -> Gauge {
    Gauge("busy_workers", Kind::Concurrency, Unit::Count, |at| at.served() * at.tasks / 2.0)
}

fn requests() -> Gauge {
    Gauge("request_rate", Kind::Throughput, Unit::PerSecond, |at| at.served() * at.tasks)
}

fn expect(gauges: Vec<Gauge>, metric: &str, per_task: bool, pattern: Pattern) {
    let service = Service::of(gauges);
    let recommended = service.recommended();
    assert_eq!((recommended.metric.as_str(), recommended.per_task), (metric, per_task));
    assert_eq!(service.advice().pattern.unwrap().pattern, pattern);
}

#[test]
fn an_efficient_server_that_computes_is_scaled_on_cpu() {
    expect(vec![busy_cpu(), requests()], "cpu", false, Pattern::CpuBound);
}

#[test]
fn memory_that_is_released_scales_what_it_binds() {
    expect(vec![idle_cpu(), memory_of_requests()], "memory", false, Pattern::MemoryBound);
}

#[test]
fn leaking_memory_is_never_recommended() {
    let leak = Gauge("memory", Kind::Memory, Unit::Percent, |at| 20.0 + 60.0 * at.hours);
    expect(vec![busy_cpu(), leak], "cpu", false, Pattern::Leaking);
}

#[test]
fn memory_that_stays_once_demand_falls_is_not_released() {
    let most: fn(super::ladder::At) -> f64 = |at| {
        // The last level comes down to 30 a second, and memory does not.
        if at.hours > 7.0 * 30.0 / 360.0 { 80.0 } else { 1.5 * at.served() }
    };
    let keeps = Gauge("memory", Kind::Memory, Unit::Percent, most);
    let advice = Service::of(vec![idle_cpu(), keeps]).advice();
    let Fit::Rejected(Rejection::NotReleased { kept }) = advice.metrics[1].verdict else {
        panic!("{:?}", advice.metrics[1].verdict)
    };
    assert!(kept > 0.9, "{kept}");
}

#[test]
fn workers_that_are_all_busy_are_counted_for_each_task() {
    expect(vec![idle_cpu(), workers()], "busy_workers", true, Pattern::WorkerBased);
}

#[test]
fn what_waits_on_others_is_scaled_on_what_is_in_flight() {
    let in_flight =
        Gauge("in_flight", Kind::Concurrency, Unit::Count, |at| at.demand * at.seconds().min(1.0));
    expect(vec![idle_cpu(), in_flight], "in_flight", true, Pattern::Waiting);
}

#[test]
fn requests_that_differ_much_are_counted_with_a_note() {
    let notes = |p95, gauges| Service { p95, ..Service::of(gauges) }.advice().notes.concat();
    let workers = || vec![idle_cpu(), workers()];
    assert!(notes(6.0, workers()).contains("the mix of requests that was tested"));
    assert!(!notes(2.0, workers()).contains("mix of requests"));
    assert!(!notes(6.0, vec![busy_cpu()]).contains("mix of requests"));
}

#[test]
fn java_is_scaled_on_saturated_cpu_and_never_on_memory() {
    let heap = Gauge("jvm_heap", Kind::Heap, Unit::Percent, |at| 30.0 + 1.1 * at.served());
    expect(vec![busy_cpu(), memory_of_requests(), heap], "cpu", false, Pattern::GarbageCollected);
}

#[test]
fn a_heap_that_connections_fill_is_scaled_on_connections() {
    let connections = Gauge("connections", Kind::Concurrency, Unit::Count, |at| {
        at.demand * at.seconds().min(0.2)
    });
    let heap = Gauge("jvm_heap", Kind::Heap, Unit::Percent, |at| {
        30.0 + 4.0 * at.demand / at.tasks * at.seconds().min(0.2)
    });
    let gauges = vec![idle_cpu(), heap, connections, requests()];
    expect(gauges, "connections", true, Pattern::GarbageCollected);
}

#[test]
fn a_heap_that_requests_fill_is_scaled_on_their_rate() {
    let connections = Gauge("connections", Kind::Concurrency, Unit::Count, |at| {
        at.demand * at.seconds().min(0.2)
    });
    let heap = Gauge("jvm_heap", Kind::Heap, Unit::Percent, |at| 30.0 + at.served());
    let gauges = vec![idle_cpu(), heap, connections, requests()];
    expect(gauges, "request_rate", true, Pattern::GarbageCollected);
}

#[test]
fn jobs_are_scaled_on_what_waits_for_each_task() {
    let queue = Gauge("queue_depth", Kind::Queue, Unit::Count, |at| {
        at.served() * at.tasks * (at.seconds() - 0.02)
    });
    expect(vec![busy_cpu(), queue], "queue_depth", true, Pattern::JobProcessor);
}

#[test]
fn another_services_queue_is_no_reason_to_scale() {
    let foreign = Gauge("dead_letters", Kind::Queue, Unit::Count, |at| 300.0 + at.demand);
    expect(vec![busy_cpu(), foreign], "cpu", false, Pattern::CpuBound);
}

#[test]
fn a_shared_resource_is_not_scaled_by_tasks() {
    let service =
        Service { sustained: |tasks| 104.0 / tasks, ..Service::of(vec![idle_cpu(), workers()]) };
    let advice = service.advice();
    let Verdict::NoneSuitable { because, .. } = &advice.verdict else { panic!("{advice:#?}") };
    assert!(because.contains("share"), "{because}");
}
