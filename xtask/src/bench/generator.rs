//! The time that generating and validating take, and how it grows with a spec.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tools::directory;
use super::{Row, Target};
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::yaml::Document;
use gerbang_spec::{generate, problem, validate};

/// Wall time and processor time in seconds.
#[derive(Clone, Copy)]
struct Time {
    wall: f64,
    cpu: f64,
}

pub(super) fn measure() -> Result<Vec<Row>> {
    let ours = specs::find(&specs::workspace().join("specs"), &[])?;
    let validating = least(|| check(&ours))?;
    let generating = least(|| generate::all_files(&ours).map(drop))?;
    let (once, tenfold, hundredfold) = (grown(1)?, grown(10)?, grown(100)?);
    let all = |what, time: Time| Row {
        what,
        from: format!("{:.2} s of processor time", time.cpu),
        reached: time.wall,
        target: Target::AtMost(1.0),
    };
    let growth = |what, (validating, generating): (Time, Time), target| Row {
        what,
        from: format!(
            "{:.2} ÷ {:.3} s of processor time; validate {:.2} ÷ {:.3} s",
            generating.cpu, once.1.cpu, validating.cpu, once.0.cpu
        ),
        reached: generating.cpu / once.1.cpu,
        target,
    };
    Ok(vec![
        all("`validate`, all specs, in seconds", validating),
        all("`generate`, all specs, in seconds", generating),
        growth("`generate`, 10 × the spec of Kropay ÷ the spec", tenfold, Target::None),
        growth("`generate`, 100 × the spec of Kropay ÷ the spec", hundredfold, Target::AtMost(150.0)),
    ])
}

/// Validating and generating a spec with so many copies of the operations and types.
fn grown(times: u32) -> Result<(Time, Time)> {
    let Ok(spec) = Document::load(&specs::workspace().join("specs/kropay.yaml"), "specs/kropay.yaml") else {
        bail!("specs/kropay.yaml cannot be read")
    };
    let path = directory().join(format!("target/specs-{times}/kropay.yaml"));
    fs::create_dir_all(path.parent().context("a directory")?)?;
    fs::write(&path, serde_json::to_string_pretty(&repeated(&spec.value, times)?)?)?;
    let specs = [Spec { name: "kropay".to_owned(), path }];
    Ok((least(|| check(&specs))?, least(|| generate::all_files(&specs).map(drop))?))
}

fn repeated(spec: &Value, times: u32) -> Result<Value> {
    let mut spec = spec.clone();
    for pointer in ["/paths", "/x-webhooks", "/components/parameters", "/components/responses", "/components/schemas"] {
        let members = spec.pointer_mut(pointer).and_then(Value::as_object_mut).context(pointer)?;
        let originals = members.clone();
        for copy in 1..times {
            let copies = originals.iter().map(|(name, value)| {
                let name = if pointer == "/paths" { format!("/copy{copy}{name}") } else { format!("{name}Copy{copy}") };
                Ok((name, renamed(value, copy)?))
            });
            members.extend(copies.collect::<Result<Vec<_>>>()?);
        }
    }
    Ok(spec)
}

/// A copy with names of its own.
fn renamed(value: &Value, copy: u32) -> Result<Value> {
    let mut text = value.to_string();
    for name in [r#""operationId":""#, r##""$ref":"#/components/"##] {
        let end = format!("Copy{copy}\"");
        let copies = text.split(name).enumerate().map(|(at, part)| part.replacen('"', &end, usize::from(at > 0)));
        text = copies.collect::<Vec<_>>().join(name);
    }
    Ok(serde_json::from_str(&text)?)
}

fn check(specs: &[Spec]) -> Result<()> {
    for spec in specs {
        validate::load(&spec.path, &spec.display_name()).map_err(problem::error)?;
    }
    Ok(())
}

/// The least time of three runs.
fn least(mut run: impl FnMut() -> Result<()>) -> Result<Time> {
    let mut least = Time { wall: f64::INFINITY, cpu: f64::INFINITY };
    for _ in 0..3 {
        let (wall, cpu) = (Instant::now(), of_this_thread()?);
        run()?;
        let time = Time { wall: wall.elapsed().as_secs_f64(), cpu: of_this_thread()? - cpu };
        least = Time { wall: least.wall.min(time.wall), cpu: least.cpu.min(time.cpu) };
    }
    Ok(least)
}

/// The processor time of this thread, which does all the work, in seconds.
fn of_this_thread() -> Result<f64> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").context("processor time can be read on Linux only")?;
    let nanoseconds: f64 = stat.split_whitespace().next().context("schedstat")?.parse()?;
    Ok(nanoseconds / 1e9)
}
