//! MPI for [`backprop`]: one network, trained on many machines.
//!
//! The same program runs on every machine, once for each rank. [`run`] connects them, and gives the program its [`World`], which
//! a trainer takes:
//!
//! ```no_run
//! use backprop::prelude::*;
//! use backprop::ranks::Sums;
//! use std::process::ExitCode;
//!
//! #[network(input = 3, layers = [dense(4), tanh, dense(1)], loss = mse)]
//! struct Net;
//!
//! fn main() -> ExitCode {
//!     backprop_mpi::run(|world| {
//!         let mut net = Net::new(&mut backprop::rng(1)); // the same on all ranks
//!         let mut trainer = Trainer::new(Adam::new(0.01));
//!         trainer.distribute(world.clone(), Sums::default())?;
//!         let (xs, ys) = ([[0.5, 1.0, -1.0]; 256], [[1.0]; 256]);
//!         let part = trainer.part(256); // this rank's samples of a batch
//!         let loss = trainer.step(&mut net, &xs[part.clone()], &ys[part])?;
//!         if world.rank() == 0 {
//!             println!("{loss}");
//!         }
//!         Ok::<_, backprop::Error>(())
//!     })
//! }
//! ```
//!
//! ```sh
//! cargo build --release
//! mpirun -n 8 --hostfile hosts target/release/program
//! ```
//!
//! To build it takes an MPI library and libclang; on Debian `apt install libopenmpi-dev openmpi-bin libclang-dev clang`.
//!
//! **Faults.** What one rank finds wrong in a step is an error on all of them, and nothing has changed anywhere. A rank that returns
//! an error from [`run`], panics, or is killed ends the job: `mpirun` stops the others and says which it was. The run is then
//! resumed from its last checkpoint, with the bits of one that was not interrupted.
#![deny(unsafe_code)]

use backprop::ranks::Communicator;
use backprop::{Error, Scalar};
use mpi::Threading;
use mpi::collective::SystemOperation;
use mpi::environment::initialize_with_threading;
use mpi::point_to_point::send_receive_into;
use mpi::topology::{Color, Communicator as _, SimpleCommunicator};
use mpi::traits::{CommunicatorCollectives as _, Equivalence};
use std::fmt::{self, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

/// Ranks that are connected by MPI: all of a job, or some of them.
///
/// What is sent through one is received through the same one on another rank: a trainer has one of its own, or at least the
/// only one that is used at a time.
#[derive(Clone)]
pub struct World {
    connection: Arc<Connection>,
}

/// MPI's handle.
struct Connection(SimpleCommunicator);

#[expect(unsafe_code, reason = "MPI's handle is a pointer")]
const _: () = {
    // SAFETY: a handle belongs to no thread, and `run`, without which there is none, has made sure that MPI may be called by
    // all threads at any time (MPI_THREAD_MULTIPLE).
    unsafe impl Send for Connection {}
    // SAFETY: as above; MPI does its own locking then.
    unsafe impl Sync for Connection {}
};

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rank {} of {}", self.rank(), self.size())
    }
}

/// Runs the program of one rank. An error or a panic ends the job, on all ranks, with a message that says on which it was.
///
/// A process that `mpirun` has not started is the only rank.
pub fn run<E: Display>(program: impl FnOnce(World) -> Result<(), E>) -> ExitCode {
    let Some((universe, threading)) = initialize_with_threading(Threading::Multiple) else {
        eprintln!("MPI has been initialized before: call `backprop_mpi::run` once, from `main`");
        return ExitCode::FAILURE;
    };
    if threading < Threading::Multiple {
        eprintln!("this MPI library lets one thread only call it: use one with MPI_THREAD_MULTIPLE");
        return ExitCode::FAILURE;
    }
    let world = World { connection: Arc::new(Connection(universe.world())) };
    let failed = match catch_unwind(AssertUnwindSafe(|| program(world.clone()))) {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(error)) => error.to_string(),
        // Its message has been printed.
        Err(_) => "panicked".to_owned(),
    };
    eprintln!("rank {} of {}: {failed}", world.rank(), world.size());
    // Not a return: MPI's end waits for all ranks, and they for this one.
    world.connection.0.abort(1)
}

impl World {
    /// This rank, from 0.
    pub fn rank(&self) -> usize {
        self.connection.0.rank().unsigned_abs() as usize
    }

    /// How many ranks there are.
    pub fn size(&self) -> usize {
        self.connection.0.size().unsigned_abs() as usize
    }

    /// Divides the ranks into groups: those that give the same number are one, in which they keep their order. All ranks
    /// call it. For populations whose members are trained by several ranks each.
    pub fn group(&self, number: u16) -> Self {
        let group = self.connection.0.split_by_color(Color::with_value(number.into()));
        // There is none for a colour that stands for no group, which a number is not.
        group.map_or_else(|| self.clone(), |group| Self { connection: Arc::new(Connection(group)) })
    }
}

/// MPI ends the job where a rank is lost: nothing returns an error.
impl<S: Scalar + Equivalence> Communicator<S> for World {
    fn rank(&self) -> usize {
        World::rank(self)
    }

    fn size(&self) -> usize {
        World::size(self)
    }

    fn gather(&mut self, own: &[u64], all: &mut [u64]) -> Result<(), Error> {
        self.connection.0.all_gather_into(own, all);
        Ok(())
    }

    fn exchange(&mut self, other: usize, own: &[S], theirs: &mut [S]) -> Result<(), Error> {
        let other = i32::try_from(other).map_err(|_| Error::RankLost)?;
        let process = self.connection.0.process_at_rank(other);
        send_receive_into(own, &process, theirs, &process);
        Ok(())
    }

    /// `MPI_Allreduce`
    fn sum(&mut self, values: &mut [S], room: &mut [S]) -> Result<(), Error> {
        self.connection.0.all_reduce_into(values, room, SystemOperation::sum());
        values.copy_from_slice(room);
        Ok(())
    }
}
