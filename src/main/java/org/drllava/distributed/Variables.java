package org.drllava.distributed;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.drllava.common.InputException;
import org.drllava.distributed.World.Starter;

/** The environment variables by which launchers tell processes their rank. */
record Variables(Map<String, String> environment) {
    /** The process of our own launcher. */
    static final String LAUNCHER = "DRLLAVA_LAUNCHER";
    private static final int MOST_RANKS = 1 << 16;
    private static final Pattern TASKS = Pattern.compile("(\\d{1,6})(?:\\(x(\\d{1,6})\\))?");

    World world() {
        return torchrun().or(this::openMpi).or(this::pmi).or(this::slurm).orElse(World.SINGLE);
    }

    private Optional<World> torchrun() {
        // torchrun's own agent may listen on MASTER_PORT.
        boolean agent = text("TORCHELASTIC_USE_AGENT_STORE").equals("True");
        return world(Starter.TORCHRUN, "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", text("TORCHELASTIC_RUN_ID"), "", agent ? 1 : 0);
    }

    private Optional<World> openMpi() {
        String job = text("PMIX_NAMESPACE").isEmpty() ? text("OMPI_MCA_ess_base_jobid") : text("PMIX_NAMESPACE");
        return world(Starter.OPEN_MPI, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
                "OMPI_COMM_WORLD_LOCAL_SIZE", job, "", 0);
    }

    /** MPICH and its descendants, also under a SLURM that starts them with PMI. */
    private Optional<World> pmi() {
        return world(Starter.PMI, "PMI_RANK", "PMI_SIZE", either("MPI_LOCALRANKID", "SLURM_LOCALID"), "MPI_LOCALNRANKS", slurmStep(), slurmHost(), 0);
    }

    private Optional<World> slurm() {
        // A batch script itself has a SLURM_PROCID, and a shell of salloc a SLURM_NTASKS; only srun starts ranks, in a step.
        boolean outsideStep = !text("SLURM_JOB_ID").isEmpty() && text("SLURM_STEP_ID").isEmpty();
        if (outsideStep || text("SLURM_PROCID").isEmpty()) {
            return Optional.empty();
        }
        return world(Starter.SLURM, "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID",
                text("SLURM_STEP_TASKS_PER_NODE").isEmpty() ? "SLURM_NTASKS_PER_NODE" : "", slurmStep(), slurmHost(), 0);
    }

    private String either(String name, String other) {
        return text(name).isEmpty() ? other : name;
    }

    /** Ranks of a SLURM step on this host: {@code 4(x2),3} are 4 on hosts 0 and 1, and 3 on host 2. */
    private Optional<Integer> slurmLocalSize() {
        int host = number("SLURM_NODEID", 0, MOST_RANKS).orElse(0);
        for (String part : text("SLURM_STEP_TASKS_PER_NODE").split(",")) {
            Matcher matcher = TASKS.matcher(part);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            int hosts = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
            if (host < hosts) {
                return Optional.of(Math.max(1, Integer.parseInt(matcher.group(1))));
            }
            host -= hosts;
        }
        return Optional.empty();
    }

    private String slurmStep() {
        return text("SLURM_JOB_ID").isEmpty() ? "" : text("SLURM_JOB_ID") + "." + text("SLURM_STEP_ID");
    }

    /** Rank 0 is on the first node; the node that srun was called on may be a login node and comes last. */
    private String slurmHost() {
        for (String list : new String[] {text("SLURM_STEP_NODELIST"), text("SLURM_JOB_NODELIST")}) {
            if (!list.isEmpty()) {
                return firstHost(list);
            }
        }
        return text("SLURM_LAUNCH_NODE_IPADDR");
    }

    /** The first of SLURM's list of hosts: {@code gpu[003-005,9]-ib,login} begins with {@code gpu003-ib}. */
    static String firstHost(String list) {
        StringBuilder host = new StringBuilder();
        boolean inside = false;
        boolean skipping = false;
        for (char c : list.toCharArray()) {
            if (c == '[') {
                inside = true;
            } else if (c == ']') {
                inside = false;
                skipping = false;
            } else if (c == ',' && !inside) {
                break;
            } else if (inside && (c == '-' || c == ',')) {
                skipping = true;
            } else if (!skipping) {
                host.append(c);
            }
        }
        return host.toString();
    }

    private Optional<World> world(Starter starter, String rankName, String sizeName, String localRankName, String localSizeName,
            String job, String host, int portShift) {
        Optional<Integer> size = number(sizeName, 1, MOST_RANKS);
        Optional<Integer> rank = number(rankName, 0, MOST_RANKS - 1);
        if (rank.isEmpty() && size.isEmpty()) {
            return Optional.empty();
        }
        int ranks = size.orElseThrow(() -> new InputException("The environment has " + rankName + " but not " + sizeName + "."));
        int own = rank.orElseThrow(() -> new InputException("The environment has " + sizeName + " but not " + rankName + "."));
        if (own >= ranks) {
            throw new InputException("%s is %d; it must be below %s, which is %d.".formatted(rankName, own, sizeName, ranks));
        }
        // Not every launcher tells how many ranks a host has; then all are on this one, unless somebody says where rank 0 is.
        int localSize = Math.min(number(localSizeName, 1, MOST_RANKS).or(this::slurmLocalSize).orElse(ranks), ranks);
        int localRank = number(localRankName, 0, MOST_RANKS - 1).orElse(own % localSize);
        if (localRank >= localSize) {
            throw new InputException("%s is %d; it must be below %s, which is %d.".formatted(localRankName, localRank, localSizeName, localSize));
        }
        return Optional.of(new World(own, ranks, localRank, localSize, host(host, localSize == ranks), port(job) + portShift, job, starter,
                number(LAUNCHER, 1, Integer.MAX_VALUE).orElse(0)));
    }

    private String host(String byLauncher, boolean oneHost) {
        String given = text("MASTER_ADDR");
        if (!given.isEmpty()) {
            return given;
        }
        if (oneHost) {
            return "127.0.0.1";
        }
        if (byLauncher.isEmpty()) {
            throw new InputException("MASTER_ADDR must name the host of rank 0 when there are ranks on several hosts, for example mpirun -x MASTER_ADDR=node1.");
        }
        return byLauncher;
    }

    /** Jobs on one host that nobody gave a port get different ones, below those that the system hands out. */
    private int port(String job) {
        int byJob = job.isEmpty() ? World.DEFAULT_PORT : 20_000 + Math.floorMod(job.hashCode(), 9_000);
        return number("MASTER_PORT", 1, 65_534).orElse(byJob);
    }

    Optional<Integer> number(String name, int least, int most) {
        String text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return Optional.of(value);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new InputException("%s must be a whole number from %d to %d, found \"%s\".".formatted(name, least, most, text));
    }

    private String text(String name) {
        return environment.getOrDefault(name, "").strip();
    }
}
