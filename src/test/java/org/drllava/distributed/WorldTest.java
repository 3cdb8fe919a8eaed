package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.drllava.common.InputException;
import org.drllava.distributed.World.Starter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorldTest {
    @Test
    void withoutALauncherAProcessIsAlone() {
        assertThat(World.of(Map.of("HOME", "/root", "MASTER_ADDR", "node7"))).isEqualTo(World.SINGLE);
        assertThat(World.of(Map.of("SLURM_JOB_ID", "7", "SLURM_NTASKS", "4"))).as("a shell of salloc").isEqualTo(World.SINGLE);
        assertThat(World.of(Map.of("SLURM_JOB_ID", "7", "SLURM_NTASKS", "4", "SLURM_PROCID", "0"))).as("a batch script").isEqualTo(World.SINGLE);
    }

    @Test
    void torchrun() {
        Map<String, String> environment = Map.of("RANK", "5", "WORLD_SIZE", "8", "LOCAL_RANK", "1", "LOCAL_WORLD_SIZE", "4", "MASTER_ADDR", "node0",
                "MASTER_PORT", "1234", "TORCHELASTIC_RUN_ID", "r");
        assertThat(World.of(environment)).isEqualTo(new World(5, 8, 1, 4, "node0", 1234, "r", Starter.TORCHRUN, 0));
        Map<String, String> withAgent = new HashMap<>(environment);
        withAgent.put("TORCHELASTIC_USE_AGENT_STORE", "True");
        assertThat(World.of(withAgent).masterPort()).as("the agent listens on MASTER_PORT itself").isEqualTo(1235);
    }

    @Test
    void openMpiOnOneHostNeedsNoAddress() {
        Map<String, String> environment = Map.of("OMPI_COMM_WORLD_RANK", "1", "OMPI_COMM_WORLD_SIZE", "2", "OMPI_COMM_WORLD_LOCAL_RANK", "1",
                "OMPI_COMM_WORLD_LOCAL_SIZE", "2", "PMIX_NAMESPACE", "job-1");
        World world = World.of(environment);
        assertThat(world.masterHost()).isEqualTo("127.0.0.1");
        assertThat(world.masterPort()).isBetween(20_000, 29_000);
        Map<String, String> otherJob = new HashMap<>(environment);
        otherJob.put("PMIX_NAMESPACE", "job-2");
        assertThat(World.of(otherJob).masterPort()).isNotEqualTo(world.masterPort());
    }

    @Test
    void openMpiOnSeveralHostsIsToldTheAddress() {
        Map<String, String> environment = new HashMap<>(Map.of("OMPI_COMM_WORLD_RANK", "3", "OMPI_COMM_WORLD_SIZE", "4", "OMPI_COMM_WORLD_LOCAL_RANK", "1",
                "OMPI_COMM_WORLD_LOCAL_SIZE", "2"));
        assertThatThrownBy(() -> World.of(environment)).isInstanceOf(InputException.class).hasMessageContaining("MASTER_ADDR");
        environment.put("MASTER_ADDR", "node1");
        assertThat(World.of(environment)).isEqualTo(new World(3, 4, 1, 2, "node1", 29500, "", Starter.OPEN_MPI, 0));
    }

    @Test
    void mpich() {
        assertThat(World.of(Map.of("PMI_RANK", "1", "PMI_SIZE", "2", "MPI_LOCALRANKID", "1", "MPI_LOCALNRANKS", "2")))
                .isEqualTo(new World(1, 2, 1, 2, "127.0.0.1", 29500, "", Starter.PMI, 0));
    }

    @Test
    void slurm() {
        World world = World.of(Map.of("SLURM_JOB_ID", "7", "SLURM_STEP_ID", "0", "SLURM_PROCID", "6", "SLURM_NTASKS", "8", "SLURM_LOCALID", "2",
                "SLURM_NTASKS_PER_NODE", "4", "SLURM_JOB_NODELIST", "gpu[003-004]", "SLURM_LAUNCH_NODE_IPADDR", "10.0.0.9"));
        assertThat(world).extracting(World::rank, World::size, World::localRank, World::localSize, World::masterHost, World::starter)
                .containsExactly(6, 8, 2, 4, "gpu003", Starter.SLURM);
        assertThat(World.of(Map.of("SLURM_PROCID", "1", "SLURM_NTASKS", "2", "SLURM_LOCALID", "1")).masterHost()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 4", "2, 3"})
    void slurmTellsForEveryHostHowManyRanksItHas(String host, int ranks) {
        assertThat(World.of(Map.of("SLURM_JOB_ID", "7", "SLURM_STEP_ID", "0", "SLURM_PROCID", "6", "SLURM_NTASKS", "11", "SLURM_LOCALID", "2",
                "SLURM_NODEID", host, "SLURM_STEP_TASKS_PER_NODE", "4(x2),3", "SLURM_STEP_NODELIST", "a,b,c")))
                .extracting(World::localSize, World::masterHost).containsExactly(ranks, "a");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"node1 node1", "node1,node2 node1", "gpu[3-5,9] gpu3", "gpu[003,007] gpu003", "r[1-2]n[04-05]-ib,x r1n04-ib", "a-b-1,c a-b-1"})
    void theFirstOfSlurmsHosts(String list, String first) {
        assertThat(Variables.firstHost(list)).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "RANK=1 | WORLD_SIZE",
        "WORLD_SIZE=2 | RANK",
        "RANK=2 WORLD_SIZE=2 | RANK is 2",
        "RANK=-1 WORLD_SIZE=2 | RANK must be a whole number",
        "RANK=x WORLD_SIZE=2 | RANK must be a whole number from 0 to 65535, found \"x\"",
        "RANK=0 WORLD_SIZE=99999999999 | WORLD_SIZE",
        "RANK=0 WORLD_SIZE=2 LOCAL_RANK=2 LOCAL_WORLD_SIZE=2 | LOCAL_RANK is 2",
        "RANK=0 WORLD_SIZE=2 MASTER_PORT=70000 | MASTER_PORT",
        "OMPI_COMM_WORLD_SIZE=2 | OMPI_COMM_WORLD_RANK",
        "PMI_RANK=2 | PMI_SIZE",
        "SLURM_PROCID=1 | SLURM_NTASKS",
    })
    void whatMakesNoSenseIsNamed(String variables, String named) {
        Map<String, String> environment = new HashMap<>();
        for (String variable : variables.strip().split(" ")) {
            environment.put(variable.split("=")[0], variable.split("=")[1]);
        }
        assertThatThrownBy(() -> World.of(environment)).isInstanceOf(InputException.class).hasMessageContaining(named.strip());
    }

    @Test
    void coresAreDividedBetweenTheRanksOfAHost() {
        Map<String, String> three = Map.of("RANK", "0", "WORLD_SIZE", "6", "LOCAL_RANK", "0", "LOCAL_WORLD_SIZE", "3", "MASTER_ADDR", "n");
        assertThat(World.cores(three, 16)).isEqualTo(5);
        assertThat(World.cores(three, 2)).isEqualTo(1);
        assertThat(World.cores(Map.of(), 16)).isEqualTo(16);
        assertThat(World.cores(Map.of("DRLLAVA_CORES", "4"), 16)).isEqualTo(4);
    }
}
