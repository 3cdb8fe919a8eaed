package org.drllava.bindings.mpi;

/** Runs into nulls in compiled code, as a job of one process. */
final class NullProgram {
    static final int NO_MPI = 3;

    private NullProgram() {}

    public static void main(String[] arguments) {
        if (!Mpi.missing().isEmpty()) {
            System.out.println(Mpi.missing());
            System.exit(NO_MPI);
        }
        Mpi.init();
        Object[] objects = {"a", "b", "c", "d"};
        int sum = 0;
        for (int i = 0; i < 200_000; i++) { // compiled by now, without a check, as none was null
            sum += hash(objects, i & 3);
        }
        objects[1] = null;
        int noticed = 0;
        for (int i = 0; i < 10_000; i++) {
            try {
                sum += hash(objects, i & 3);
            } catch (NullPointerException e) {
                noticed++;
            }
        }
        Mpi.finish();
        System.out.println(noticed + " nulls noticed with " + Mpi.version());
        System.exit(noticed == 2500 && sum != 0 ? 0 : 1);
    }

    private static int hash(Object[] objects, int index) {
        return objects[index].hashCode();
    }
}
