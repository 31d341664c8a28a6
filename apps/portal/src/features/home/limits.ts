/** HOME_RUNS is how many runs the home page looks at: the newest are what is running or just failed. */
export const HOME_RUNS = 20;
