//! Ranks that are processes: what `mpirun` starts gives the same bits for 1, 2 and 4 of them, tells all of them what is wrong
//! on one, ends when one ends, and goes on from a checkpoint.
//!
//! The program starts itself: `mpirun -n 2 mpirun case`.

use backprop::prelude::*;
use backprop::ranks::{self, Sums};
use backprop_mpi::World;
use std::error::Error;
use std::process::{Command, ExitCode, Output};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

#[network(
    input = [1, 10, 10],
    layers = [conv2d(8, kernel = 3), batch_norm, relu, flatten, dropout(0.1), dense(32), tanh, dense(4)],
    loss = cross_entropy,
    tile = 16,
)]
struct Net;

const BATCH: usize = 200;
const STEPS: usize = 12;
/// After how many steps a checkpoint is written, and a rank is killed.
const SAVED: usize = 5;
const KILLED: usize = 7;

/// The samples of a step, of all ranks.
fn batch(step: usize) -> (Vec<[f32; 100]>, Vec<u8>) {
    use backprop::rand_core::Rng as _;
    let mut rng = backprop::rng(step as u64);
    let x = |_| std::array::from_fn(|_| f32::uniform(rng.next_u64()));
    let xs: Vec<[f32; 100]> = (0..BATCH).map(x).collect();
    let ys = xs.iter().map(|x| u8::from(x[0] > 0.5) + 2 * u8::from(x[50] > 0.5)).collect();
    (xs, ys)
}

struct Run {
    net: Box<Net>,
    trainer: Box<Trainer<Net, Adam>>,
}

impl Run {
    fn begin(world: &World, sums: Sums) -> Result<Self, backprop::Error> {
        let (net, mut trainer) = (Net::boxed(&mut backprop::rng(1)), Trainer::boxed(Adam::new(0.01)));
        trainer.set_seed(7);
        trainer.distribute(world.clone(), sums)?;
        Ok(Self { net, trainer })
    }

    fn step(&mut self, step: usize) -> Result<f32, backprop::Error> {
        let (xs, ys) = batch(step);
        let part = self.trainer.part(BATCH);
        self.trainer.step(&mut self.net, &xs[part.clone()], &ys[part])
    }

    /// Each rank prints the bits that it has come to.
    fn tell(&self) {
        let bits = self
            .net
            .parameters()
            .iter()
            .fold(0_u64, |sum, number| sum.wrapping_mul(31).wrapping_add(u64::from(number.to_bits())));
        println!("bits {bits:016x}");
    }
}

/// One rank of a case; `file` is a checkpoint.
fn case(name: &str, world: &World, file: &str) -> Result<(), Box<dyn Error>> {
    let is_last = world.rank() + 1 == world.size();
    match name {
        "train" | "fast" => {
            let sums = if name == "fast" { Sums::Fast } else { Sums::default() };
            let mut run = Run::begin(world, sums)?;
            (0..STEPS).try_for_each(|step| run.step(step).map(drop))?;
            run.tell();
        }
        "killed" | "resumed" => {
            let mut run = Run::begin(world, Sums::default())?;
            let mut first = 0;
            if name == "resumed" {
                run.trainer.load(&mut run.net, file)?;
                first = SAVED;
            }
            for step in first..STEPS {
                if step == SAVED && name == "killed" && world.rank() == 0 {
                    run.trainer.save(&run.net, file)?;
                }
                if step == KILLED && name == "killed" && is_last {
                    std::process::abort();
                }
                run.step(step)?;
            }
            run.tell();
        }
        "nan" => {
            let mut run = Run::begin(world, Sums::default())?;
            run.step(0)?;
            let before = run.net.parameters().to_vec();
            let (mut xs, ys) = batch(1);
            let part = run.trainer.part(BATCH);
            if is_last {
                xs[part.end - 1][3] = f32::NAN;
            }
            let error = run.trainer.step(&mut run.net, &xs[part.clone()], &ys[part]).expect_err("a NaN");
            println!("told: {error}");
            assert!(before == *run.net.parameters());
            (1..STEPS).try_for_each(|step| run.step(step).map(drop))?;
            run.tell();
        }
        "seeds" => {
            let mut trainer = Trainer::<Net, _>::boxed(Adam::new(0.01));
            trainer.set_seed(world.rank() as u64);
            println!(
                "told: {}",
                trainer.distribute(world.clone(), Sums::default()).expect_err("other seeds")
            );
        }
        "panic" => {
            let mut run = Run::begin(world, Sums::default())?;
            run.step(0)?;
            assert!(!is_last, "as it was asked to");
            run.step(1)?;
        }
        "error" => {
            let mut run = Run::begin(world, Sums::default())?;
            if is_last {
                return Err("no such file".into());
            }
            run.step(0)?;
        }
        // Two networks, each trained by half of the ranks; then all take over the second.
        "groups" => {
            let number = 2 * world.rank() / world.size();
            let group = world.group(number as u16);
            assert_eq!((group.size(), group.rank()), (world.size() / 2, world.rank() % group.size()));
            let mut run = Run::begin(&group, Sums::default())?;
            (number..STEPS).try_for_each(|step| run.step(step).map(drop))?;
            let from = world.size() / 2;
            ranks::broadcast(&mut world.clone(), from, run.net.parameters_mut())?;
            run.tell();
            let members = ranks::each::<f32>(&mut world.clone(), 5, |member| member as f32 / 3.0)?;
            assert_eq!(members, [0.0, 1.0, 2.0, 3.0, 4.0].map(|member| member / 3.0));
        }
        _ => return Err("no such case".into()),
    }
    Ok(())
}

/// What comes of so many ranks, within a minute.
fn mpirun(ranks: usize, name: &str, file: &str) -> Output {
    let program = env::current_exe().expect("this program");
    let mut command = Command::new("mpirun");
    // As root, as in containers; more ranks than cores, as here.
    command
        .args(["--allow-run-as-root", "--oversubscribe", "-n", &ranks.to_string()])
        .arg(program)
        .args([name, file]);
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn();
    let mut child = child.expect("`mpirun` starts");
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            // Its ranks end with it.
            let _ = child.kill();
            panic!("{ranks} ranks of `{name}` hang");
        }
        thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().expect("its output");
    println!("{name} on {ranks}: {:.1} s", start.elapsed().as_secs_f64());
    output
}

/// The lines that begin so, of ranks that have ended well.
fn lines(output: &Output, begin: &str) -> Vec<String> {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter(|line| line.starts_with(begin)).map(str::to_owned).collect()
}

/// What is written where the job has failed.
fn failure(output: &Output) -> String {
    assert!(!output.status.success(), "the job ended well");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn tests() {
    let file = env::temp_dir().join(format!("backprop-mpi-{}.checkpoint", std::process::id()));
    let file = file.to_str().expect("a path that is text");

    let one = lines(&mpirun(1, "train", file), "bits");
    assert_eq!(one.len(), 1);
    for ranks in [2, 4] {
        assert_eq!(lines(&mpirun(ranks, "train", file), "bits"), vec![one[0].clone(); ranks]);
    }
    let fast = lines(&mpirun(3, "fast", file), "bits");
    assert!(fast.len() == 3 && fast.iter().all(|bits| *bits == fast[0]));

    let error = failure(&mpirun(2, "killed", file));
    assert!(error.contains("rank 1"), "{error}");
    // Another number of ranks goes on.
    assert_eq!(lines(&mpirun(4, "resumed", file), "bits"), vec![one[0].clone(); 4]);
    fs::remove_file(file).expect("the checkpoint");

    let nan = mpirun(2, "nan", file);
    let mut told = lines(&nan, "told");
    told.sort();
    assert_eq!(told.len(), 2);
    assert!(told[0].starts_with("told: rank 1 has refused the step"), "{told:?}");
    // The first of its tile, which batch normalisation measures as one.
    assert!(told[1].starts_with("told: the loss is not finite, for sample 87"), "{told:?}");
    assert_eq!(lines(&nan, "bits"), vec![one[0].clone(); 2]);
    let told = lines(&mpirun(2, "seeds", file), "told");
    assert!(
        told.len() == 2
            && told.iter().all(|told| told.starts_with("told: rank 1 differs from rank 0 in the seed"))
    );

    let error = failure(&mpirun(2, "panic", file));
    assert!(error.contains("as it was asked to") && error.contains("rank 1 of 2: panicked"), "{error}");
    let error = failure(&mpirun(2, "error", file));
    assert!(error.contains("rank 1 of 2: no such file"), "{error}");

    let groups = lines(&mpirun(4, "groups", file), "bits");
    assert!(groups.len() == 4 && groups.iter().all(|bits| *bits == groups[0] && *bits != one[0]));
    println!("all passed");
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [name, file] if !name.starts_with('-') => backprop_mpi::run(|world| case(name, &world, file)),
        _ => {
            tests();
            ExitCode::SUCCESS
        }
    }
}
